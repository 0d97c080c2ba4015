"""One way to break each rule: what a careless change would do to the graph of prod."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from policies.graph import Graph, Resource

Mutant = Callable[[Graph], Graph]
GONE = object()


def put(graph: Graph, resource: Resource) -> Graph:
    return Graph({**graph.resources, resource.name: resource}, graph.exports)


def named(graph: Graph, name: str) -> Resource:
    return graph.resources[name]


def prop(name: str, path: str, value: Any) -> Mutant:
    """Set (or remove) one property."""

    def mutate(graph: Graph) -> Graph:
        props = deepcopy(dict(named(graph, name).props))
        place: Any = props
        *parents, last = path.split("/")
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        if isinstance(place, list):
            place[int(last)] = value
        elif value is GONE:
            place.pop(last, None)
        else:
            place[last] = value
        return put(graph, replace(named(graph, name), props=props))

    return mutate


def about(name: str, **values: Any) -> Mutant:
    """Change what is known about a resource besides its properties."""
    return lambda graph: put(graph, replace(named(graph, name), **values))


def without(*names: str) -> Mutant:
    """Remove resources."""
    return lambda graph: Graph({n: r for n, r in graph.resources.items() if n not in names}, graph.exports)


def without_type(kind: str) -> Mutant:
    """Remove every resource of a type."""
    return lambda graph: Graph({n: r for n, r in graph.resources.items() if r.type != kind}, graph.exports)


def added(name: str, token: str, props: dict[str, Any], **values: Any) -> Mutant:
    """Add a resource."""
    return lambda graph: put(graph, Resource(name=name, token=token, props=props, **values))


def copied(name: str, new: str, **values: Any) -> Mutant:
    """Add a second one like it."""
    return lambda graph: put(graph, replace(named(graph, name), name=new, **values))


def policy(name: str, statement: dict[str, Any], path: str = "policy") -> Mutant:
    """A policy document of one statement."""
    return prop(name, path, json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}))


def parameter(name: str, value: str) -> Mutant:
    """Set a parameter of the database."""

    def mutate(graph: Graph) -> Graph:
        group = named(graph, "database-parameters")
        kept = [p for p in group.props["parameters"] if p["name"] != name]
        return put(graph, replace(group, props={**group.props, "parameters": [*kept, {"name": name, "value": value}]}))

    return mutate


def config(key: str, value: Any) -> Mutant:
    """Set a key of the connector."""
    return prop("cdc-connector", f"configNonsensitive/{key}", value)


def sql(old: str, new: str) -> Mutant:
    """Edit the statement."""

    def mutate(graph: Graph) -> Graph:
        text = named(graph, "routing-event-headers").props["statement"]
        assert old in text
        return prop("routing-event-headers", "statement", text.replace(old, new))(graph)

    return mutate


def binding(role: str, crn: str, parent: str) -> Mutant:
    """Add a role binding."""
    props = {"roleName": role, "crnPattern": crn, "principal": "User:sa-1"}
    return added("extra-binding", "confluentcloud:index/roleBinding:RoleBinding", props, parent=parent)


def both(*mutants: Mutant) -> Mutant:
    def mutate(graph: Graph) -> Graph:
        for one in mutants:
            graph = one(graph)
        return graph

    return mutate


CRN = "crn://confluent.cloud/organization=O"
CLUSTER = f"{CRN}/environment=env-1/cloud-cluster=lkc-1"
INGRESS, EGRESS = "firewall-proxy-from-events-api", "firewall-events-api-to-proxy"
FUNCTION, KEY_POLICY = "events-api-function", "encryption-key"
ROUTE = {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"}
ACL = "cdc-write-event-headers"
TOPIC = "filtered-car-created-events-topic"

MUTANTS: dict[str, Mutant] = {
    "NET-01": prop(INGRESS, "cidrIpv4", "0.0.0.0/0"),
    "NET-02": prop(INGRESS, "referencedSecurityGroupId", GONE),
    "NET-03": prop(EGRESS, "toPort", 65535),
    "NET-04": prop(EGRESS, "description", ""),
    "NET-05": without_type("ec2/defaultSecurityGroup"),
    "NET-06": prop("network-flow", "trafficType", "REJECT"),
    "NET-07": prop("network-private-us-east-1a", "mapPublicIpOnLaunch", True),
    "NET-08": added("network-private-out", "aws:ec2/route:Route", ROUTE),
    "NET-09": both(prop("network-private-us-east-1b", "availabilityZone", "us-east-1a"), prop("network-private-us-east-1c", "availabilityZone", "us-east-1a")),
    "NET-10": prop("endpoints-secretsmanager", "policy", GONE),
    "NET-11": policy("endpoints-secretsmanager", {"Principal": "*", "Action": "*", "Resource": "*"}),
    "NET-12": prop("network-flow", "logDestinationType", "s3"),
    "NET-13": prop("privatelink-service", "allowedPrincipals", ["*"]),
    "NET-14": prop("privatelink-balancer", "internal", False),
    "NET-15": added("network-gateway", "aws:ec2/internetGateway:InternetGateway", {"vpcId": "vpc-1"}),
    "NET-16": prop("privatelink-balancer", "enableDeletionProtection", False),
    "NET-17": prop("privatelink-target", "healthCheck", GONE),
    "RDS-01": prop("database-cluster", "storageEncrypted", False),
    "RDS-02": prop("database-cluster", "kmsKeyId", GONE),
    "RDS-03": prop("database-cluster", "iamDatabaseAuthenticationEnabled", False),
    "RDS-04": prop("database-cluster", "deletionProtection", False),
    "RDS-05": prop("database-cluster", "skipFinalSnapshot", True),
    "RDS-06": prop("database-cluster", "backupRetentionPeriod", 1),
    "RDS-07": prop("database-cluster", "backupRetentionPeriod", 7),
    "RDS-08": prop("database-cluster", "enabledCloudwatchLogsExports", []),
    "RDS-09": prop("database-cluster", "copyTagsToSnapshot", False),
    "RDS-10": prop("database-cluster", "masterPassword", "hunter2"),
    "RDS-11": prop("database-cluster", "masterUsername", "postgres"),
    "RDS-12": prop("database-cluster", "allowMajorVersionUpgrade", True),
    "RDS-13": parameter("rds.force_ssl", "0"),
    "RDS-14": parameter("rds.logical_replication", "0"),
    "RDS-15": parameter("max_replication_slots", "1"),
    "RDS-16": parameter("shared_preload_libraries", "pg_stat_statements"),
    "RDS-17": parameter("log_statement", ""),
    "RDS-18": prop("database-0", "publiclyAccessible", True),
    "RDS-19": prop("database-1", "publiclyAccessible", True),
    "RDS-20": without("database-1"),
    "RDS-21": prop("database-0", "performanceInsightsEnabled", False),
    "RDS-22": prop("database-0", "monitoringInterval", 0),
    "RDS-23": prop("database-0", "autoMinorVersionUpgrade", False),
    "RDS-24": prop("database-0", "caCertIdentifier", "rds-ca-2019"),
    "RDS-25": prop("proxy-proxy", "requireTls", False),
    "RDS-26": prop("proxy-proxy", "auths/0/iamAuth", "DISABLED"),
    "RDS-27": prop("proxy-proxy", "debugLogging", True),
    "RDS-28": prop("proxy-proxy", "idleClientTimeout", GONE),
    "RDS-29": prop("proxy-pool", "connectionPoolConfig/connectionBorrowTimeout", 120),
    "RDS-30": prop("proxy-pool", "connectionPoolConfig/maxConnectionsPercent", 100),
    "FUN-01": prop(FUNCTION, "tracingConfig/mode", "PassThrough"),
    "FUN-02": prop(FUNCTION, "reservedConcurrentExecutions", -1),
    "FUN-03": prop(FUNCTION, "vpcConfig/subnetIds", ["subnet-1"]),
    "FUN-04": prop(FUNCTION, "kmsKeyArn", GONE),
    "FUN-05": prop(FUNCTION, "environment/variables/DATABASE_PASSWORD", "hunter2"),
    "FUN-06": prop(FUNCTION, "runtime", "python3.8"),
    "FUN-07": prop(FUNCTION, "sourceCodeHash", GONE),
    "FUN-08": prop(FUNCTION, "description", ""),
    "FUN-09": prop("api-invoke", "sourceArn", GONE),
    "FUN-10": prop("api-access", "kmsKeyId", GONE),
    "FUN-11": prop("api-access", "retentionInDays", 0),
    "FUN-12": prop("api-access", "retentionInDays", 30),
    "FUN-13": prop("api-events", "authorizationType", "NONE"),
    "FUN-14": prop("api-stage", "defaultRouteSettings/throttlingRateLimit", GONE),
    "FUN-15": prop("api-stage", "accessLogSettings", GONE),
    "FUN-16": prop("api-api", "corsConfiguration", {"allowOrigins": ["*"]}),
    "FUN-17": prop("api-integration", "timeoutMilliseconds", 5000),
    "FUN-18": prop("privatelink-dead-letters", "kmsMasterKeyId", GONE),
    "IAM-01": policy("events-api-policy", {"Action": "rds:*", "Resource": "arn:x"}),
    "IAM-02": policy("events-api-policy", {"Action": "rds-db:connect", "Resource": "*"}),
    "IAM-03": policy("events-api-policy", {"Action": "iam:PassRole", "Resource": "arn:x"}),
    "IAM-04": policy("events-api-policy", {"Action": "rds-db:connect", "Resource": "arn:aws:rds-db:r:a:dbuser:prx-1/*"}),
    "IAM-05": prop("events-api-AWSXRayDaemonWriteAccess", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    "IAM-06": policy("proxy-role", {"Principal": "*", "Action": "sts:AssumeRole"}, "assumeRolePolicy"),
    "IAM-07": policy("database-monitoring", {"Principal": {"Service": "monitoring.rds.amazonaws.com"}, "Action": "sts:AssumeRole"}, "assumeRolePolicy"),
    "KMS-01": prop(KEY_POLICY, "enableKeyRotation", False),
    "KMS-02": prop(KEY_POLICY, "deletionWindowInDays", 7),
    "KMS-03": policy(KEY_POLICY, {"Principal": "*", "Action": "kms:*", "Resource": "*"}),
    "KMS-04": about(KEY_POLICY, protect=False),
    "SEC-01": prop("database-cdc", "kmsKeyId", GONE),
    "SEC-02": prop("database-cdc", "recoveryWindowInDays", 0),
    "SEC-03": prop("database-cdc", "description", ""),
    "SEC-04": both(prop("cdc-connector", "configSensitive", {"database.password": "hunter2"}), about("cdc-connector", secrets=frozenset())),
    "SEC-05": prop(FUNCTION, "description", "marker-databasePassword"),
    "SEC-06": lambda graph: Graph(graph.resources, {**graph.exports, "credentials": {"operator": "plain"}}),
    "SEC-07": both(prop("flink-flink", "flinkApiSecret", "plain"), about("flink-flink", secrets=frozenset())),
    "ALM-01": without("alarms-slot-lag"),
    "ALM-02": prop("alarms-slot-lag", "alarmDescription", "Runbook: docs/runbooks/nowhere"),
    "ALM-03": prop("alarms-slot-lag", "alarmActions", []),
    "ALM-04": without_type("sns/topicSubscription"),
    "ALM-05": prop("alarms-database-events", "eventCategories", ["maintenance"]),
    "ALM-06": prop("alarms-topic", "kmsMasterKeyId", GONE),
    "ALM-07": policy("alarms-policy", {"Principal": "*", "Action": "sns:Publish", "Resource": "*"}),
    "CON-01": about(TOPIC, protect=False),
    "CON-02": prop("kafka-cluster", "availability", "LOW"),
    "CON-03": both(prop("kafka-cluster", "enterprises", GONE), prop("kafka-cluster", "basic", {})),
    "CON-04": prop("kafka-cluster", "deletionProtection", False),
    "CON-05": without("ingress-gateway"),
    "CON-06": prop("kafka-environment", "streamGovernance", GONE),
    "CON-07": prop(TOPIC, "config/retention.ms", GONE),
    "CON-08": prop(TOPIC, "config/cleanup.policy", GONE),
    "CON-09": prop(TOPIC, "partitionsCount", GONE),
    "CON-10": without("filtered-car-created-events-key-schema"),
    "CON-11": prop("filtered-car-created-events-key-config", "compatibilityLevel", "NONE"),
    "CON-12": prop("filtered-car-created-events-key-schema", "recreateOnUpdate", True),
    "CON-13": prop("filtered-car-created-events-key-schema", "hardDelete", True),
    "CON-14": prop("flink-pool", "maxCfu", 1000),
    "CON-15": without("heartbeat-postgres-cdc.cdc-topic"),
    "CON-16": without("catalog-filtered-car-created-events-attributes"),
    "CON-17": without("unrouted-event-headers-topic"),
    "ACC-01": binding("EnvironmentAdmin", f"{CRN}/environment=env-1", "flink-runner"),
    "ACC-02": binding("FlinkDeveloper", CRN, "operator"),
    "ACC-03": binding("DeveloperRead", CLUSTER, "operator"),
    "ACC-04": binding("CloudClusterAdmin", f"{CLUSTER}/kafka=lkc-1", "deployer"),
    "ACC-05": binding("DeveloperWrite", f"{CLUSTER}/kafka=lkc-1/topic=filtered-x", "car-consumer"),
    "ACC-06": binding("DeveloperRead", f"{CLUSTER}/kafka=lkc-1/topic=filtered-*", "car-consumer"),
    "ACC-07": binding("DeveloperRead", f"{CLUSTER}/kafka=lkc-1/topic=raw-event-headers", "car-consumer"),
    "ACC-08": without("flink-runner-write-transactions"),
    "ACC-09": prop("deployer-assign-runner", "crnPattern", CRN),
    "ACC-10": copied("car-consumer-account", "second-account"),
    "ACC-11": prop("car-consumer-kafka-key-1", "owner/kind", "User"),
    "ACC-12": prop("car-consumer-kafka-key-1", "managedResource", GONE),
    "ACC-13": prop("car-consumer-kafka-key-1", "description", ""),
    "ACC-14": about("car-consumer-kafka-key-1", dependencies=frozenset({"car-consumer-account"})),
    "ACC-15": prop(ACL, "principal", "User:*"),
    "ACC-16": prop(ACL, "resourceName", "*"),
    "ACC-17": prop("ci-pool", "filter", 'claims.sub == "repo:*"'),
    "ACC-18": both(prop("kafka-cluster", "enterprises", GONE), prop("kafka-cluster", "dedicated", {"cku": 2})),
    "ACC-19": prop("car-consumer-account", "description", ""),
    "CDC-01": config("connector.class", "PostgresCdcSource"),
    "CDC-02": config("database.hostname", "events.proxy-example.us-east-1.rds.amazonaws.com"),
    "CDC-03": config("database.sslmode", "disable"),
    "CDC-04": config("database.password", "hunter2"),
    "CDC-05": config("kafka.auth.mode", "KAFKA_API_KEY"),
    "CDC-06": config("slot.drop.on.stop", "true"),
    "CDC-07": config("slot.name", ""),
    "CDC-08": config("publication.autocreate.mode", "all_tables"),
    "CDC-09": config("heartbeat.interval.ms", ""),
    "CDC-10": config("table.include.list", ""),
    "CDC-11": config("snapshot.mode", ""),
    "CDC-12": config("output.data.format", "JSON"),
    "CDC-13": config("decimal.handling.mode", "double"),
    "CDC-14": config("errors.tolerance", "all"),
    "CDC-15": config("tasks.max", "4"),
    "CDC-16": about("cdc-connector", dependencies=frozenset({"kafka-cluster"})),
    "CDC-17": copied("cdc-connector", "second-connector"),
    "CDC-18": config("value.converter.ignore.default.for.nullables", "false"),
    "SQL-01": prop("routing-event-headers", "credentials", {"key": "k", "secret": "s"}),
    "SQL-02": prop("routing-event-headers", "statementName", "Route_1-01234567"),
    "SQL-03": prop("routing-event-headers", "statementName", "route-one"),
    "SQL-04": sql("EXECUTE", "-- " + "x" * 140_000 + "\nEXECUTE"),
    "SQL-05": prop("routing-event-headers", "properties/sql.current-catalog", GONE),
    "SQL-06": sql("EXECUTE", "CREATE TABLE t (x INT);\nEXECUTE"),
    "SQL-07": sql("EXECUTE STATEMENT SET", "INSERT INTO x"),
    "SQL-08": sql("WHERE `__op` IN ('c', 'r') AND (`event_type` = 'CarCreated')", "WHERE `event_type` = 'CarCreated'"),
    "SQL-09": sql("FROM `raw-event-headers`\nWHERE `__op` IN ('c', 'r') AND (`event_type` = 'CarCreated')", "FROM `other`\nWHERE `__op` IN ('c', 'r') AND (`event_type` = 'CarCreated')"),
    "SQL-10": about("routing-event-headers", replace_on_changes=frozenset({"statement"})),
    "SQL-11": prop("routing-event-headers", "stopped", True),
    "SQL-12": sql("INSERT INTO `filtered-car-created-events`", "INSERT INTO `filtered-nowhere`"),
    "SQL-14": prop("dead-letters-event-headers", "statement", "ALTER TABLE `raw-event-headers` SET ('error-handling.mode' = 'fail')"),
    "SQL-13": sql("INSERT INTO `unrouted-event-headers`", "INSERT INTO `rest-event-headers`"),
}  # fmt: skip
