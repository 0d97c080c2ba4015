"""A resource's inputs as the program would give them, against the running fake cloud."""

from typing import Any

from tests.support.fakes.cloud import Running

Inputs = dict[str, Any]


def kafka(running: Running) -> Inputs:
    made = running.made
    return {
        "kafkaCluster": {"id": made["cluster"]},
        "restEndpoint": running.instance.url("cloud"),
        "credentials": {"key": made["cluster-key"], "secret": made["cluster-secret"]},
    }


def registry(running: Running) -> Inputs:
    made = running.made
    return {
        "schemaRegistryCluster": {"id": made["registry"]},
        "restEndpoint": f"{running.instance.url('cloud')}/sr/{made['registry']}",
        "credentials": {"key": made["registry-key"], "secret": made["registry-secret"]},
    }


def connector(running: Running) -> Inputs:
    made = running.made
    nonsensitive = {
        "connector.class": "PostgresCdcSourceV2", "name": "c", "tasks.max": "1", "kafka.auth.mode": "SERVICE_ACCOUNT",
        "kafka.service.account.id": made["account"], "database.hostname": "h", "database.port": "5432",
        "database.user": "u", "database.dbname": "d", "topic.prefix": "t", "output.data.format": "AVRO",
    }  # fmt: skip
    return {
        "environment": {"id": made["environment"]},
        "kafkaCluster": {"id": made["cluster"]},
        "status": "RUNNING",
        "configNonsensitive": nonsensitive,
        "configSensitive": {"database.password": "p"},
    }


def key(running: Running) -> Inputs:
    cluster = {"id": running.made["cluster"], "apiVersion": "cmk/v2", "kind": "Cluster"}
    return {
        "displayName": "k",
        "description": "d",
        "owner": {"id": running.made["account"], "apiVersion": "iam/v2", "kind": "ServiceAccount"},
        "managedResource": {**cluster, "environment": {"id": running.made["environment"]}},
    }


def acl(running: Running) -> Inputs:
    return {
        "resourceType": "TOPIC", "resourceName": "a", "patternType": "LITERAL", "host": "*", "operation": "READ",
        "permission": "ALLOW", "principal": f"User:{running.made['account']}", **kafka(running),
    }  # fmt: skip


def pool(running: Running) -> Inputs:
    place = {"cloud": "AWS", "region": "us-east-1", "environment": {"id": running.made["environment"]}}
    return {"displayName": "p2", "maxCfu": 5, **place}


def binding(running: Running) -> Inputs:
    crn = f"{running.made['crn']}/topic=bound"
    return {"principal": f"User:{running.made['account']}", "roleName": "DeveloperRead", "crnPattern": crn}
