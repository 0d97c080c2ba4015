"""Both AWS graphs in an AWS that forgets (moto): every resource is taken with the arguments the program gives, and then described so.

What moto cannot say: whether a zone, an instance class or a version is on offer, how long anything takes, the order in which rights become known,
what a resource policy allows in the end, PrivateLink's own enforcement of inbound rules, and what another account sees.
"""

import copy
import json
import re
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.aws.applied import MAKERS, Refused, apply

pytestmark = pytest.mark.engine
REGION = "us-east-1"
# Actions that are rights, but no operations of an API that botocore knows by that name.
NO_OPERATIONS = {"rds-db:connect", "lambda:InvokeFunction", "kms:*", "sts:AssumeRole"}
SERVICES = {"elasticloadbalancing": "elbv2", "logs": "logs", "execute-api": ""}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    # moto's API Gateway loads it for imports of OpenAPI files, which nobody does here: not worth six packages.
    for name in ("", ".validation", ".validation.exceptions"):
        absent = SimpleNamespace(validate=None, OpenAPIValidationError=Exception, __path__=[])
        monkeypatch.setitem(sys.modules, f"openapi_spec_validator{name}", absent)
    with mock_aws(config={"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}}):
        yield


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_everything_is_taken_and_then_described_as_it_was_asked_for(stack: str, graphs: dict[str, Any]) -> None:
    resources = graphs[stack]["resources"]
    made = apply(resources, REGION)
    assert set(made) == {name for name, one in resources.items() if one["type"].startswith("aws:")}
    assert {name: differs for name, one in made.items() if (differs := one.differs())} == {}


def test_every_type_is_made_by_somebody(graphs: dict[str, Any]) -> None:
    found = {
        one["type"].split(":")[1]
        for graph in graphs.values()
        for one in graph["resources"].values()
        if one["type"].startswith("aws:")
    }
    assert found == set(MAKERS)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("network-vpc", {"cidrBlock": "10.20.0.0/33"}, "network-vpc"),
        ("database-cluster", {"noSuchThing": True}, "NoSuchThing"),
        ("database-0", {"clusterIdentifier": "nobody"}, "nobody"),
        (
            "events-api-policy",
            {"policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}'},
            "MalformedPolicy",
        ),
        ("database-monitoring-rights", {"policyArn": "arn:aws:iam::aws:policy/NoSuchPolicy"}, "NoSuchPolicy"),
        ("events-api-function", {"role": "arn:aws:iam::123456789012:role/nobody"}, "events-api-function"),
        ("alarms-topic", {"displayNames": ["a"]}, "alarms-topic"),
    ],
)
def test_what_aws_refuses_is_refused(graphs: dict[str, Any], name: str, change: dict[str, Any], words: str) -> None:
    resources = copy.deepcopy(graphs["dev"]["resources"])
    resources[name]["inputs"] |= change
    with pytest.raises(Refused, match=re.escape(words)):
        apply(resources, REGION)


def actions(value: Any) -> Iterator[str]:
    """Every action of every document in a resource's inputs."""
    if isinstance(value, str) and value.startswith('{"Version"'):
        value = json.loads(value)
    if isinstance(value, dict):
        found = value.get("Action", [])
        yield from [found] if isinstance(found, str) else found
        for inner in value.values():
            yield from actions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from actions(inner)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_action_is_one_that_aws_knows(stack: str, graphs: dict[str, Any]) -> None:
    named = {
        one for r in graphs[stack]["resources"].values() if r["type"].startswith("aws:") for one in actions(r["inputs"])
    }
    assert len(named) > 10
    unknown = set[str]()
    for action in named - NO_OPERATIONS:
        service, _, operation = action.partition(":")
        known = boto3.client(SERVICES.get(service, service), region_name=REGION).meta.service_model.operation_names  # type: ignore[call-overload]
        pattern = re.compile(re.escape(operation).replace(r"\*", ".*"))
        if not any(pattern.fullmatch(one) for one in known):
            unknown.add(action)
    assert unknown == set()
