"""Answers that do not come: the plugin asks again, makes nothing twice, and says what it could not do."""

from typing import Any
from unittest.mock import patch

import httpx2
import pytest

from plugins.confluentcloud.package import PACKAGE
from plugins.engine import rest
from plugins.engine.errors import RestError
from tests.plugins.confluentcloud.test_lifecycle import CASES
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running
from tests.support.plugin import Engine, Refused, urn

CONTROL = ("Environment", "ServiceAccount", "RoleBinding", "ApiKey", "FlinkComputePool")


def test_half_of_the_flink_settings_is_refused() -> None:
    with pytest.raises(Refused, match="All 7"):
        Engine(PACKAGE, {"flinkApiKey": "k"})


def test_a_service_that_is_away_is_asked_again_and_then_given_up() -> None:
    nobody = rest.Rest(f"http://127.0.0.1:{cloud.free_port()}", "k", "s")
    with pytest.raises(RestError, match="giving up after 3 attempts"):
        nobody.call("GET", "/org/v2/environments")


@pytest.mark.parametrize("kind", CONTROL)
@pytest.mark.parametrize("lost", ["the connection", "a 502"])
def test_an_answer_that_is_lost_leaves_one_object(kind: str, lost: str, fake_cloud: Running, engine: Engine) -> None:
    """The service made it, and nobody was told: there is one afterwards, whose secret is known."""
    inputs, it, post = CASES[kind][0](fake_cloud), urn(kind), rest.HTTP.post
    sent: list[str] = []

    def drop(url: str, **more: Any) -> httpx2.Response:
        answer = post(url, **more)
        sent.append(answer.json().get("id", ""))
        if len(sent) > 1:
            return answer
        if lost == "a 502":
            return httpx2.Response(502, text="bad gateway", request=answer.request)
        raise httpx2.ReadError("connection reset by peer")

    with patch.object(rest.HTTP, "post", drop):
        identity, state = engine.create(it, inputs)
    assert engine.read(it, identity, state) is not None
    assert (kind == "ApiKey") == (identity != sent[0])
    if kind == "ApiKey":
        assert engine.read(it, sent[0], state) is None
        assert state["secret"]
    engine.delete(it, identity, state)


def test_what_is_never_answered_is_refused(fake_cloud: Running, engine: Engine) -> None:
    def drop(url: str, **more: Any) -> httpx2.Response:
        raise httpx2.ReadError("connection reset by peer")

    with patch.object(rest.HTTP, "post", drop), pytest.raises(Refused, match="connection reset by peer"):
        engine.create(urn("ServiceAccount"), {"displayName": "never", "description": ""})
