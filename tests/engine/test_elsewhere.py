"""The commands on a stack that is not this machine's own: its contract, its keys, its database's address, and nothing else.

The running environment is taken for the stack `dev`: nothing of it is asked but what a stack elsewhere has.
"""

from concurrent.futures import Future

import pytest

from cli.canary import watch
from cli.client import stack as stacks
from cli.client.stack import Stack, local_dsn
from cli.commands.status import show
from cli.commands.status.gather import gather
from cli.doctor import probes
from cli.doctor.examine import examine
from cli.doctor.facts import Facts
from cli.monitoring import snapshot
from local.engines import client
from local.environment import ROOT
from stacks import load as loading

pytestmark = pytest.mark.engine
KEYS = ("CONFLUENT_CLOUD_API_KEY", "CONFLUENT_CLOUD_API_SECRET")


@pytest.fixture
def elsewhere(running: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("engines of this machine are nobody's business")

    now = stacks.load("local")  # other files change its statements
    for name in (*KEYS, "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "CDC_EVENTS_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(client, "asked", refuse)
    return Stack("dev", now.contract, now.keys)


def loaded(stack: Stack) -> Future[Stack]:
    done: Future[Stack] = Future()
    done.set_result(stack)
    return done


def test_status(elsewhere: Stack, running: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    found = gather("dev", loaded(elsewhere), local_dsn(running, "cdc"))
    assert found["healthy"], found
    assert "CONFLUENT_CLOUD_API_KEY is not set" in found["connector"]["skipped"]
    assert found["slot"]["active"]
    assert {one["phase"] for one in found["statements"]} == {"RUNNING"}
    without = gather("dev", loaded(elsewhere), None)
    assert without["healthy"]
    assert "--database" in without["slot"]["skipped"]
    show.show(without)
    assert "Engines" not in capsys.readouterr().out


def test_doctor_skips_what_it_may_not_ask(elsewhere: Stack, running: Stack) -> None:
    results = {one.probe: one for one in examine(Facts(elsewhere, local_dsn(running, "cdc")), probes.every())}
    assert {one.verdict for one in results.values()} <= {"ok", "skipped", "warning"}, results
    for name in ("engines-run", "disk-has-room", "connector-runs"):
        assert results[name].verdict == "skipped"
    for name in ("slot-is-read", "statements-run", "keys-are-known", "subjects-are-there"):
        assert results[name].verdict == "ok"


def test_figures(elsewhere: Stack, running: Stack) -> None:
    seen = snapshot.take(Facts(elsewhere, local_dsn(running, "cdc")))
    assert seen.problems == {}
    skipped = {one.family.name for one in seen.families if one.skipped}
    assert skipped == {"connector_running"}


def test_a_canary_says_whose_credentials_it_needs(elsewhere: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    _, routes = loading.from_files(ROOT, "dev")
    outcomes = watch.once(elsewhere, routes, ["car-created"], None, 10)
    assert [one.problem for one in outcomes] == ["no AWS credentials are known"]
