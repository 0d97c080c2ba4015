"""`cdc deploy` and `cdc drift` on a user's own Pulumi CLI: what they ask of it, in which order, and when they stop."""

import os
from pathlib import Path

import pytest

from cli.canary.watch import Outcome
from cli.commands import deploy, notifications, verify
from cli.doctor.probe import Finding, Result
from stacks.errors import CdcError

PULUMI = """#!/bin/sh
echo "$@" >>"{log}"
case "$1" in {fails}) exit 7 ;; esac
"""


class Cli:
    """A `pulumi` on PATH that writes down its arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "log"

    def failing(self, verb: str) -> None:
        program = self.folder / "pulumi"
        program.write_text(PULUMI.format(log=self.log, fails=verb or "nothing"))
        program.chmod(0o755)
        self.log.write_text("")

    def verbs(self) -> list[str]:
        return [line.split()[0] for line in self.log.read_text().splitlines()]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("CONFLUENT_CLOUD_API_KEY", "k")
    monkeypatch.setenv("CONFLUENT_CLOUD_API_SECRET", "s")
    monkeypatch.setattr(deploy.verify, "after", lambda _: 0)
    monkeypatch.setattr(deploy.preflight, "before", lambda _: 0)
    return Cli(tmp_path)


def test_a_deployment_installs_updates_under_policies_and_looks_again(cli: Cli) -> None:
    for fails, code, verbs in (
        ("", 0, ["install", "up", "preview"]),
        ("install", 7, ["install"]),
        ("up", 7, ["install", "up"]),
        ("preview", 7, ["install", "up", "preview"]),
        ("", 0, ["install", "up", "preview"]),
    ):
        cli.failing(fails)
        assert deploy.deploy("dev") == code, fails
        assert cli.verbs() == verbs, fails
    up, preview = cli.log.read_text().splitlines()[1:]
    assert "--policy-pack" in up
    assert "--stack dev" in up
    assert "--expect-no-changes" in preview


def test_what_would_stop_it_is_said_before_anything_is_touched(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for code, verbs in ((0, ["install", "up", "preview"]), (1, ["install"]), (0, ["install", "up", "preview"])):
        monkeypatch.setattr(deploy.preflight, "before", lambda _, code=code: code)
        cli.failing("")
        assert deploy.deploy("dev") == code
        assert cli.verbs() == verbs


def test_drift_changes_nothing(cli: Cli) -> None:
    for fails, code, verbs in (("", 0, ["install", "preview"]), ("preview", 1, ["install", "preview"])):
        cli.failing(fails)
        assert deploy.drift("dev") == code
        assert cli.verbs() == verbs
    assert "--refresh" in cli.log.read_text()


def test_without_keys_or_cli_nothing_is_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CdcError, match="the Pulumi CLI is not on PATH"):
        deploy.deploy("dev")
    cli.failing("")
    monkeypatch.delenv("CONFLUENT_CLOUD_API_SECRET")
    with pytest.raises(CdcError, match="CONFLUENT_CLOUD_API_SECRET not set"):
        deploy.deploy("dev")
    assert cli.verbs() == []


class Told:
    """The integration of prod, which is not told of one thing yet."""

    def __init__(self, cli: Cli) -> None:
        self.cli, self.untold = cli, ["Connector failed"]

    def subscribe(self) -> list[str]:
        assert self.cli.verbs() == ["install", "up"]  # after the update that makes it, before the last look
        added, self.untold = self.untold, []
        return added

    def missing(self) -> list[tuple[dict[str, str], None]]:
        return [({"display_name": name}, None) for name in self.untold]


def test_a_deployment_has_somebody_told_and_drift_sees_who_is_not(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = Told(cli)
    monkeypatch.setattr(notifications, "of", lambda _: told)
    cli.failing("")
    assert deploy.drift("prod") == 1
    assert "no longer notifies of: Connector failed" in capsys.readouterr().err
    cli.failing("")
    assert deploy.deploy("prod") == 0
    assert "notifies of 1 more: Connector failed" in capsys.readouterr().err
    cli.failing("")
    assert deploy.drift("prod") == 0


def test_only_a_stack_that_asks_for_it_has_an_integration() -> None:
    assert notifications.of("dev") is None
    with pytest.raises(CdcError, match="dev has no integration"):
        notifications.run("dev", subscribe=False, remove=False, as_json=False)


WELL = Result("slot-is-there", "slot", "ok", "")
BAD = Result(
    "slot-is-there", "slot", "failed", "", [Finding("there is no slot", "it was dropped", "./cdc connector skip --yes")]
)
ARRIVED, LOST = Outcome("a", "1", 0.1, 0.2, 0.3), Outcome("a", "1", 0.1)
NOT_SENT = Outcome("b", "", problem="no AWS credentials are known", hint="sign in")


@pytest.mark.parametrize(
    ("results", "outcomes", "code"),
    [
        ([WELL], [ARRIVED], 0),
        ([WELL], [LOST], 1),
        ([BAD], [ARRIVED], 1),
        ([WELL], [ARRIVED, NOT_SENT], 0),  # who deploys need not be one who may send events
    ],
)
def test_a_deployment_ends_with_the_doctor_and_canaries(
    results: list[Result],
    outcomes: list[Outcome],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(verify.stacks, "load", lambda _: None)
    monkeypatch.setattr(verify, "settled", lambda *_: results)
    monkeypatch.setattr(verify.watch, "once", lambda *_: outcomes)
    assert verify.after("dev") == code
    told = capsys.readouterr().out
    assert ("./cdc connector skip --yes" in told) == (BAD in results)
    assert ("no AWS credentials" in told) == (NOT_SENT in outcomes)
    assert ("not routed within" in told) == (LOST in outcomes)


def test_a_failed_verification_is_the_deployments_code(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.failing("")
    monkeypatch.setattr(deploy.verify, "after", lambda _: 1)
    assert deploy.deploy("dev") == 1
