"""The committed routes.yaml, and a source with a column of every family."""

from stacks.routes import load as load_routes
from stacks.routes.columns import Column
from stacks.routes.model import Routes
from tests.support.paths import ROOT


def business() -> Routes:
    loaded, faults = load_routes.load(ROOT / "routes.yaml")
    assert loaded is not None
    assert faults == []
    return loaded


COLUMNS = [
    Column(name="f", type="string"),
    Column(name="n", type="long"),
    Column(name="d", type="double"),
    Column(name="b", type="boolean"),
    Column(name="m", type="decimal"),
    Column(name="t", type="timestamp"),
    Column(name="j", type="json", paths={"$.a": "string", "$.n": "number", "$.b[0].c": "boolean", "$.t": "timestamp"}),
]
