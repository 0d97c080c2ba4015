"""Alert rules, dashboard and exporter speak of the same metrics; every rule fires and is silent when it should."""

import json
import re
import shutil
import subprocess

import pytest
import yaml

from cli.monitoring.families import FAMILIES
from stacks.components.aws.watches import PIPELINE
from stacks.pipeline.monitoring import STACK_DIMENSION
from tests.support.paths import ROOT

FOLDER = ROOT / "examples" / "monitoring"
OWN = {
    "cdc_scrape_timestamp_seconds",
    "cdc_scrape_problem",
    "cdc_e2e_latency_seconds_bucket",
    "cdc_e2e_latency_seconds_count",
    "cdc_canary_lost_total",
    "cdc_canary_unsent",
    "cdc_canary_last_arrival_timestamp_seconds",
}
KNOWN = OWN | {f"cdc_{family.name}{'_total' * (family.type == 'counter')}" for family in FAMILIES}


def used(text: str) -> set[str]:
    return set(re.findall(r"\bcdc_[a-z0-9_]+", text))


def rules() -> list[dict[str, object]]:
    return yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"][0]["rules"]


def test_rules_and_dashboard_use_what_is_exported() -> None:
    asked = {name for rule in rules() for name in used(str(rule["expr"]))}
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    shown = {name for panel in panels for target in panel["targets"] for name in used(target["expr"])}
    assert asked <= KNOWN
    assert shown <= KNOWN
    # What nobody looks at need not be exported.
    assert asked | shown == KNOWN


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_rules_name_a_command_and_a_page(rule: dict[str, dict[str, str]]) -> None:
    told = rule["annotations"]
    assert told["command"].startswith("./cdc ")
    page, _, anchor = told["runbook"].partition("#")
    text = (ROOT / page).read_text()
    assert not anchor or f"\n## {anchor}\n" in text.lower()


def test_each_rule_is_tested_both_ways() -> None:
    tests = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text())["tests"]
    found = {(case["alertname"], bool(case["exp_alerts"])) for test in tests for case in test["alert_rule_test"]}
    assert found == {(rule["alert"], fires) for rule in rules() for fires in (True, False)}


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (Debian: apt-get install prometheus)"
)
def test_rules_do_what_their_tests_say() -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yaml"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_cloudwatch_watches_the_same_figures() -> None:
    collector = yaml.safe_load((FOLDER / "collector.yaml").read_text())["exporters"]["awsemf"]
    declared = collector["metric_declarations"]
    sent = {f"cdc_{family.name}" for family in FAMILIES} | {"cdc_e2e_latency_seconds", "cdc_canary_lost"}
    for watch in PIPELINE:
        both = ((watch.metric, watch.labels), *([watch.part_of] if watch.part_of else []))
        for metric, labels in both:
            assert metric in sent
            written = [one["dimensions"] for one in declared if re.search(one["metric_name_selectors"][0], metric)]
            assert [[STACK_DIMENSION, *labels]] in written
    asked = {re.sub("_(total|bucket|count)$", "", name) for rule in rules() for name in used(str(rule["expr"]))}
    assert asked - OWN <= {watch.metric for watch in PIPELINE} | {"cdc_raw_records_recent", "cdc_e2e_latency_seconds"}
