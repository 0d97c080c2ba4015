"""Who is registered with a target group, by AWS's own client and the function that is deployed."""

from pathlib import Path
from urllib.parse import urlencode

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config

from functions.writer_target import handler
from local.aws import target_groups
from local.confluent.store import Store

GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/one/1234567890abcdef"


def client(store: Store) -> object:
    """boto3's client, whose requests are answered here."""
    made = boto3.client("elbv2", region_name="us-east-1", config=Config(signature_version=UNSIGNED))

    def answered(request: AWSRequest, **_: object) -> AWSResponse:
        body = request.body if isinstance(request.body, bytes) else request.body.encode()
        try:
            status, text = 200, target_groups.answer(store, body)
        except target_groups.Refused as refused:
            status, text = 400, target_groups.error(refused)
        response = AWSResponse(request.url, status, {}, None)
        response._content = text
        return response

    made.meta.events.register("before-send.elastic-load-balancing-v2", answered)
    return made


def test_the_function_keeps_the_writer_registered(tmp_path: Path) -> None:
    balancing = client(Store(tmp_path / "store.sqlite"))
    environment = {"TARGET_GROUP": GROUP, "WRITER_HOST": "writer", "WRITER_PORT": "5432"}
    now = {"10.0.0.1", "10.0.0.2"}
    run = handler.make(environment, balancing, lambda host, port: now)
    assert run({}, None) == {"added": ["10.0.0.1", "10.0.0.2"], "removed": []}
    assert run({}, None) == {"added": [], "removed": []}
    now = {"10.0.0.3", "10.0.0.2"}
    assert run({}, None) == {"added": ["10.0.0.3"], "removed": ["10.0.0.1"]}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Action": "DeleteTargetGroup", "TargetGroupArn": GROUP}, "InvalidAction"),
        ({"Action": "RegisterTargets"}, "ValidationError"),
        ({}, "InvalidAction"),
    ],
)
def test_what_is_not_served_is_refused(tmp_path: Path, asked: dict[str, str], code: str) -> None:
    with pytest.raises(target_groups.Refused) as caught:
        target_groups.answer(Store(tmp_path / "store.sqlite"), urlencode(asked).encode())
    assert caught.value.code == code
    assert code.encode() in target_groups.error(caught.value)
