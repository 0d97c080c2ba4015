"""docs/orm-tables.md, executed: a table with quoted names, from CREATE TABLE to the record that a consumer reads."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import yaml

from bench.ledger.checkout import Checkout
from cli.client import kafka, registry, wait
from cli.client.stack import Stack, local_dsn
from stacks.files.yaml_document import Loader
from tests.support.changes import apply, document
from tests.support.paths import ROOT

pytestmark = pytest.mark.engine
PAGE = (ROOT / "docs" / "orm-tables.md").read_text()
TABLE, ROW = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
BUSINESS: dict[str, Any] = yaml.load(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0], Loader)  # noqa: S506
RECORD: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
BEFORE = ROW.replace("0B1F", "0B1E")  # a row that is there before the table is a source


@pytest.fixture(scope="module")
def routed(running: Stack, checkout: Checkout) -> Iterator[Stack]:
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        connection.execute(TABLE.encode())
        connection.execute(BEFORE.encode())
    business = document(checkout)
    for part, added in BUSINESS.items():
        business[part] += added
    yield apply(checkout, business)
    retired = {**business, "consumers": document(checkout)["consumers"][: -len(BUSINESS["consumers"])]}
    retired["routes"] = [{**r, "retire": True} if r in BUSINESS["routes"] else r for r in business["routes"]]
    apply(checkout, retired)
    with psycopg.connect(local_dsn(running, "postgres"), autocommit=True) as connection:
        connection.execute('DROP TABLE public."Order"; DROP TYPE "OrderStatus"')


def read(running: Stack, topic: str) -> list[tuple[Any, dict[str, Any]]]:
    decoder = registry.Decoder(running, "gold-desk")
    return [decoder.decode(message) for message in kafka.read_all(running, "gold-desk", [topic], 60)]


def test_the_record_is_the_pages(routed: Stack) -> None:
    with psycopg.connect(local_dsn(routed, "postgres"), autocommit=True) as connection:
        connection.execute(ROW.encode())
    wait.wait_for(lambda: len(read(routed, "filtered-gold-orders")) == 2, 60, "both rows")
    (_, there), (key, record) = sorted(read(routed, "filtered-gold-orders"), key=lambda found: found[1]["id"])
    assert key == {"id": RECORD["id"]}
    assert {name: record[name] for name in RECORD} == RECORD
    assert set(record) - set(RECORD) == {"__source_ts_ms", "__lsn"}
    assert (there["__op"], there["note"]) == ("r", None)


def test_the_audit_knows_its_names(routed: Stack, checkout: Checkout) -> None:
    """Rows that were kept away are found and sent again."""
    publication = routed.contract.database.publication
    with psycopg.connect(local_dsn(routed, "postgres"), autocommit=True) as connection:
        connection.execute(f'ALTER PUBLICATION {publication} DROP TABLE public."Order"'.encode())
        connection.execute(ROW.replace("0B1F", "0B1D").encode())
        connection.execute(f'ALTER PUBLICATION {publication} ADD TABLE public."Order"'.encode())
    found = checkout.cdc("audit", "orders", "--json")
    assert found.returncode == 1, found.stderr
    assert json.loads(found.stdout)["missing_keys"] == [["0b1dbd9c-63a4-4c9c-9d6a-7d3f5b1e2a10"]]
    repaired = checkout.cdc("audit", "orders", "--repair", "--json")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert json.loads(repaired.stdout)["sent"] == 1
    wait.wait_for(lambda: len(read(routed, "filtered-gold-orders")) == 3, 60, "the row that was sent again")
