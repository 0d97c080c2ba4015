"""What a rehearsal takes for right and for wrong, by what its commands answer."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml

from cli.client.rest import Rest
from cli.rehearsal import steps
from cli.rehearsal.commands import Rehearsal, Wrong
from local.environment import Instance
from stacks import load as loading
from tests.support.fakes.cloud import Running
from tests.support.paths import ROOT

PRIVATE = "error: POST http://127.0.0.1:26415/kafka: connection refused"


@dataclass(frozen=True, slots=True)
class Played(Rehearsal):
    """Commands are written down, and answered as the test says."""

    answers: Callable[[tuple[str, ...]], tuple[int, str]] = lambda _: (0, "")
    asked: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    def cdc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.asked.append(arguments)
        code, said = self.answers(arguments)
        return subprocess.CompletedProcess([], code, "", said)


@pytest.fixture
def played(tmp_path: Path) -> Played:
    """prod, whose files are in a folder of the test."""
    settings, _ = loading.from_files(ROOT, "prod")
    for name in ("Pulumi.prod.yaml", "routes.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return Played(stack="prod", settings=settings, root=tmp_path, instance=Instance(tmp_path, 26400), plugin="bundled")


def test_from_outside_only_the_network_is_missing(played: Played) -> None:
    told = steps.outside(replace(played, answers=lambda _: (1, f"{PRIVATE}\n  {PRIVATE}\nerror: update failed\n")))
    assert told == "2 resources wait for the network, as the guide says"


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (0, "", "was applied from outside"),
        (1, f"{PRIVATE}\nerror: 403 Forbidden: needs the role DataSteward\n", "needs the role DataSteward"),
        (1, "the program crashed", "the program crashed"),
    ],
)
def test_from_outside_anything_else_is_wrong(played: Played, code: int, said: str, words: str) -> None:
    with pytest.raises(Wrong) as caught:
        steps.outside(replace(played, answers=lambda _: (code, said)))
    assert words in caught.value.message


def test_a_private_stack_rotates_in_three_steps(played: Played) -> None:
    told = steps.rotated(played)
    assert told.count(";") == 2
    assert [arguments[0] for arguments in played.asked] == ["deploy"] * 3
    written = yaml.safe_load(played.file().read_text())["config"]["cdc-streaming:keys"]
    assert written == {"active": "2"}


def test_a_route_more_and_one_less(played: Played) -> None:
    seen: list[tuple[int, int]] = []

    def counted(_: tuple[str, ...]) -> tuple[int, str]:
        _, routes = loading.from_files(played.root, "prod")  # it is valid
        seen.append((len(routes.routes), len(routes.kept)))
        return 0, ""

    _, before_it = loading.from_files(ROOT, "prod")
    many = len(before_it.routes)
    before = (played.root / "routes.yaml").read_text()
    steps.route_changed(replace(played, answers=counted))
    assert seen == [(many + 1, many + 1), (many + 1, many), (many, many)]
    assert (played.root / "routes.yaml").read_text() == before


def cloud(monkeypatch: pytest.MonkeyPatch, running: Running) -> None:
    rest = Rest("http://cloud", "k", "s", local=True)
    rest.http = running.api
    monkeypatch.setattr(steps, "control_plane", lambda _: rest)


def test_a_drift_that_nobody_notices(played: Played, fake_cloud: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud(monkeypatch, fake_cloud)
    account, crn = fake_cloud.made["account"], fake_cloud.made["crn"]

    def bound() -> str:
        body = {"principal": f"User:{account}", "role_name": "DeveloperRead", "crn_pattern": f"{crn}/topic=t"}
        return fake_cloud.post("/iam/v2/role-bindings", body)["id"]

    binding = bound()
    with pytest.raises(Wrong, match="nobody noticed: DeveloperRead"):
        steps.drifted(played)
    assert fake_cloud.api.get(f"/iam/v2/role-bindings/{binding}").status_code == 404
    bound()

    def noticed(arguments: tuple[str, ...]) -> tuple[int, str]:
        mended = any("up" in one for one in played.asked)
        return (int("preview" in arguments and not mended), "")

    assert "mended" in steps.drifted(replace(played, answers=noticed))


def test_a_destroy_that_leaves_something(played: Played, fake_cloud: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud(monkeypatch, fake_cloud)
    with pytest.raises(Wrong, match="left behind: environments e, service-accounts everything"):
        steps.destroyed(played)
    assert [verb(one) for one in played.asked] == ["up", "notifications", "destroy"]
    assert yaml.safe_load(played.file().read_text())["config"]["cdc-streaming:protect"] is False


def verb(arguments: tuple[str, ...]) -> str:
    return arguments[3] if arguments[0] == "pulumi" else arguments[0]


def test_what_a_command_said_is_told(played: Played) -> None:
    with pytest.raises(Wrong, match=r"up: exit code 1\nsomething broke"):
        steps.apply(replace(played, answers=lambda _: (1, "something broke")))
    assert steps.apply(played) == "the next preview has nothing to do"
