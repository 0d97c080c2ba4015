"""dev's and prod's committed settings, from the first `up` to `destroy`, in the local cloud's realistic mode."""

import json

import pytest

from tests.support.cdc import cdc

pytestmark = pytest.mark.endurance
STEPS = [
    "engines and database",
    "up from anywhere",
    "up",
    "refresh",
    "deploy",
    "route change",
    "rotation",
    "drift",
    "destroy",
]


@pytest.mark.timeout(1500)  # an environment of its own, ten updates, a doctor and canaries after each
@pytest.mark.parametrize(("stack", "private"), [("dev", False), ("prod", True)])
def test_as_it_is_committed(stack: str, private: bool) -> None:
    done = cdc("rehearse", stack, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["steps"]
    wanted = [name for name in STEPS if private or name != "up from anywhere"]
    assert [(one["step"], one["well"]) for one in told] == [(name, True) for name in wanted]


def test_local_is_no_rehearsal() -> None:
    done = cdc("rehearse", "local")
    assert (done.returncode, "it is ./cdc up" in done.stderr) == (1, True)
