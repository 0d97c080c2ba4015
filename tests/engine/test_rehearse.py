"""prod's committed settings, from the first `up` to `destroy`, in the local cloud's realistic mode."""

import json

import pytest

from tests.support.cdc import cdc

pytestmark = pytest.mark.engine
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


def test_prod_as_it_is_committed() -> None:
    done = cdc("rehearse", "prod", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["steps"]
    assert [(one["step"], one["well"]) for one in told] == [(name, True) for name in STEPS]


def test_local_is_no_rehearsal() -> None:
    done = cdc("rehearse", "local")
    assert (done.returncode, "./cdc up applies it" in done.stderr) == (1, True)
