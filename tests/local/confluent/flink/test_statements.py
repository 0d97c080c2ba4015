"""Statements over /sql/v1, from PENDING to their end, on a Flink that only remembers."""

import json
from typing import Any

import pytest
from confluent_kafka.admin import AclOperation

from cli.client.wait import wait_for
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running
from tests.support.fakes.flink import BROKEN

VALUE = json.dumps({"type": "record", "name": "V", "fields": [{"name": "id", "type": "string"}]})
CARRY = "sql.tables.initial-offset-from"


@pytest.fixture(scope="module")
def flink(fake_cloud: Running) -> Running:
    for topic in ("raw", "routed"):
        cloud.kafka(fake_cloud).post("/topics", json={"topic_name": topic})
        cloud.subjects(fake_cloud).post(f"/subjects/{topic}-value/versions", json={"schema": VALUE})
    return fake_cloud


def submit(
    running: Running,
    name: str,
    text: str = "INSERT INTO `routed` SELECT `id` FROM `raw`",
    principal: str = "",
    **properties: str,
) -> Any:
    spec = {
        "statement": text,
        "properties": {"sql.current-catalog": "c", "sql.current-database": "d", **properties},
        "compute_pool_id": running.made["pool"],
        "principal": principal or running.made["account"],
    }
    return cloud.statements(running).post("/statements", json={"name": name, "spec": spec})


def status(running: Running, name: str) -> dict[str, Any]:
    return cloud.statements(running).get(f"/statements/{name}").json()["status"]


def becomes(running: Running, name: str, phase: str) -> dict[str, Any]:
    wait_for(lambda: status(running, name)["phase"] == phase, 20, f"{name} {phase}")
    return status(running, name)


def stop(running: Running, name: str, stopped: bool = True) -> None:
    found = cloud.statements(running).get(f"/statements/{name}").json()
    found["spec"]["stopped"] = stopped
    assert cloud.statements(running).put(f"/statements/{name}", json=found).status_code == 200


def test_life(flink: Running) -> None:
    assert submit(flink, "life").status_code == 201
    becomes(flink, "life", "RUNNING")
    assert submit(flink, "life").status_code == 409
    (job,) = [job for job, what in flink.flink.jobs.items() if what["name"] == "life"]
    stop(flink, "life")
    becomes(flink, "life", "STOPPED")
    assert flink.flink.jobs[job]["state"] == "FINISHED"
    stop(flink, "life", False)
    becomes(flink, "life", "RUNNING")
    latest = [j for j, what in flink.flink.jobs.items() if what["name"] == "life"][-1]
    assert flink.flink.start_from[latest].endswith(f"savepoint-{job}")
    assert "life" in {s["name"] for s in cloud.statements(flink).get("/statements").json()["data"]}
    assert cloud.statements(flink).delete("/statements/life").status_code == 202
    assert cloud.statements(flink).get("/statements/life").json()["message"] == "Statement resource=life does not exist"
    assert flink.flink.jobs[latest]["state"] == "CANCELED"


def test_a_statement_waits_for_the_one_it_continues_from(flink: Running) -> None:
    submit(flink, "old")
    becomes(flink, "old", "RUNNING")
    submit(flink, "new", **{CARRY: "old"})
    wait_for(lambda: "until referenced statement old" in status(flink, "new")["detail"], 20, "the wait")
    stop(flink, "old")
    becomes(flink, "new", "RUNNING")
    old, new = ([j for j, w in flink.flink.jobs.items() if w["name"] == name][-1] for name in ("old", "new"))
    assert flink.flink.start_from[new].endswith(f"savepoint-{old}")


def test_nothing_to_continue_from_fails(flink: Running) -> None:
    submit(flink, "lost", **{CARRY: "never-was"})
    assert "'never-was' does not exist" in becomes(flink, "lost", "FAILED")["detail"]


def test_the_planners_words_are_the_detail(flink: Running) -> None:
    submit(flink, "broken", f"INSERT INTO `routed` SELECT `{BROKEN}` FROM `raw`")  # noqa: S608
    assert becomes(flink, "broken", "FAILED")["detail"] == f"Column '{BROKEN}' not found in any table"
    (shown,) = cloud.statements(flink).get("/statements/broken/exceptions").json()["data"]
    assert BROKEN in shown["message"]


def test_a_table_that_is_not_there_is_named(flink: Running) -> None:
    submit(flink, "nowhere", "INSERT INTO `routed` SELECT `id` FROM `missing`")
    assert "subject missing-value has no schema" in becomes(flink, "nowhere", "FAILED")["detail"]


def test_a_dry_run_only_plans(flink: Running) -> None:
    submit(flink, "dry", **{"sql.dry-run": "true"})
    assert "the statement is valid" in becomes(flink, "dry", "COMPLETED")["detail"]
    assert not [j for j in flink.flink.jobs.values() if j["name"] == "dry"]


def test_a_lost_job_is_submitted_again_and_a_failed_one_is_said(flink: Running) -> None:
    submit(flink, "watched")
    becomes(flink, "watched", "RUNNING")
    (job,) = [j for j, what in flink.flink.jobs.items() if what["name"] == "watched"]
    del flink.flink.jobs[job]

    def again() -> list[str]:
        return [j for j, what in flink.flink.jobs.items() if what["name"] == "watched"]

    wait_for(lambda: len(again()) == 1, 20, "another job")
    becomes(flink, "watched", "RUNNING")
    flink.flink.jobs[again()[0]]["state"] = "FAILED"
    assert becomes(flink, "watched", "FAILED")["detail"] == "the disk is full"


def test_error_handling_is_an_option_of_the_table(flink: Running) -> None:
    text = "ALTER TABLE `raw` SET ('error-handling.mode' = 'log', 'error-handling.log.target' = 'dead')"
    submit(flink, "alter", text)
    becomes(flink, "alter", "COMPLETED")
    assert "dead" in flink.broker.topics
    assert "dead-value" in flink.registry.subjects
    submit(flink, "logging")
    becomes(flink, "logging", "RUNNING")
    plan = next(s for s in reversed(flink.flink.run) if s.startswith("COMPILE PLAN"))
    assert "INSERT INTO `dead`" in plan
    submit(flink, "odd", "ALTER TABLE `raw` SET ('connector' = 'filesystem')")
    assert "Unsupported option 'connector'" in becomes(flink, "odd", "FAILED")["detail"]


def test_the_size_of_records_is_an_option_of_the_table(flink: Running) -> None:
    submit(flink, "room", "ALTER TABLE `routed` SET ('kafka.max-message-size' = '8388608 bytes')")
    becomes(flink, "room", "COMPLETED")
    assert flink.broker.topics["routed"].config["max.message.bytes"] == "8388608"
    submit(flink, "no-room", "ALTER TABLE `routed` SET ('kafka.max-message-size' = 'much')")
    assert "write it in bytes" in becomes(flink, "no-room", "FAILED")["detail"]


def test_many_inserts_of_one_set_share_a_sink(flink: Running) -> None:
    topics = [f"many-{n}" for n in range(16)]
    for topic in topics:
        cloud.kafka(flink).post("/topics", json={"topic_name": topic})
        cloud.subjects(flink).post(f"/subjects/{topic}-value/versions", json={"schema": VALUE})
    inserts = "\n".join(f"INSERT INTO `{t}` (`id`) SELECT `id` FROM `raw` WHERE `id` = '{t}';" for t in topics)  # noqa: S608
    submit(flink, "many", f"EXECUTE STATEMENT SET BEGIN\n{inserts}\nEND;")
    becomes(flink, "many", "RUNNING")
    plan = next(s for s in reversed(flink.flink.run) if s.startswith("COMPILE PLAN"))
    assert "CROSS JOIN UNNEST" in plan
    assert plan.count("INSERT INTO `many-0#and-15-more`") == 1


@pytest.mark.parametrize(
    ("name", "text", "status", "words"),
    [
        ("Bad_Name", "INSERT INTO x SELECT 1", 400, "statement name"),
        ("empty", "", 400, "1 to 131072 characters"),
        ("long", "INSERT INTO `x` " + "y" * 131072, 400, "1 to 131072 characters"),
        ("select", "SELECT 1", 400, "here a statement must be"),
    ],
)
def test_what_is_refused_at_once(flink: Running, name: str, text: str, status: int, words: str) -> None:
    answer = submit(flink, name, text)
    assert (answer.status_code, words in answer.json()["message"]) == (status, True)


def test_only_those_who_may_submit_and_run_as(flink: Running) -> None:
    body = {"name": "n", "spec": {"statement": "INSERT INTO `a` SELECT 1", "principal": flink.made["account"]}}
    base = str(cloud.statements(flink).base_url)[len(flink.instance.url("cloud")) :]
    for key in ((flink.made["cluster-key"], flink.made["cluster-secret"]), ("x", "y")):
        assert flink.client(*key, base).post("/statements", json=body).status_code == 401
    nobody = flink.post("/iam/v2/service-accounts", {"display_name": "no-developer"})["id"]
    own = flink.client(*cloud.key(flink, nobody, "aws.us-east-1", "Region"), base)
    assert "needs the role FlinkDeveloper" in own.post("/statements", json=body).json()["message"]
    cloud.bind(flink, nobody, "FlinkDeveloper", flink.made["crn"].partition("/cloud-cluster")[0])
    assert "needs the role Assigner" in own.post("/statements", json=body).json()["message"]
    assert own.get("/statements").status_code == 200


def test_pool_life(flink: Running) -> None:
    place = {"environment": {"id": flink.made["environment"]}}
    spec = {"display_name": "q", "cloud": "AWS", "region": "us-east-1", **place}
    path = "/fcpm/v2/compute-pools"
    pool = flink.post(path, {"spec": spec})["id"]
    assert flink.api.patch(f"{path}/{pool}", json={"spec": {"max_cfu": 10}}).json()["spec"]["max_cfu"] == 10
    assert "can only grow" in flink.api.patch(f"{path}/{pool}", json={"spec": {"max_cfu": 5}}).json()["message"]
    assert "must be one of" in flink.api.patch(f"{path}/{pool}", json={"spec": {"max_cfu": 7}}).json()["message"]
    assert "lacks display_name" in flink.api.post(path, json={"spec": place}).json()["message"]
    assert flink.api.delete(f"{path}/{pool}").status_code == 204
    submit(flink, "busy")
    becomes(flink, "busy", "RUNNING")
    assert "still runs" in flink.api.delete(f"{path}/{flink.made['pool']}").json()["message"]
    assert flink.api.get(f"{path}/{flink.made['pool']}").json()["status"]["current_cfu"] >= 1
    regions = flink.api.get("/fcpm/v2/regions", params={"cloud": "AWS", "region_name": "us-east-1"}).json()["data"]
    assert [r["id"] for r in regions] == ["aws.us-east-1"]


def test_a_sink_looks_up_who_writes_to_its_topics_and_a_source_does_not(flink: Running) -> None:
    crn = flink.made["crn"]
    principal = cloud.account(flink, "routing", "DeveloperRead", f"{crn}/topic=raw")
    cloud.bind(flink, principal, "DeveloperWrite", f"{crn}/topic=routed")
    submit(flink, "signs-in", principal=principal)
    becomes(flink, "signs-in", "RUNNING")

    def readable(use: str) -> set[str]:
        (key,) = [k for k in flink.cloud.store.all("engine-key") if (k["owner"], k["use"]) == (principal, use)]
        reads = [
            a for a in flink.broker.acls if a.principal == f"User:{key['id']}" and a.operation == AclOperation.READ
        ]
        return {acl.name for acl in reads}

    assert (readable(""), readable("sink")) == ({"raw"}, {"raw", "routed"})
    tables = [text for text in flink.flink.run if text.startswith("CREATE TABLE")]
    keys = {k["use"]: k["id"] for k in flink.cloud.store.all("engine-key") if k["owner"] == principal}
    assert [[use for use, key in keys.items() if key in table] for table in tables[-2:]] == [[""], ["sink"]]


def written(flink: Running, kind: str, name: str) -> str:
    """A checkpoint or savepoint on the job manager's disk, as complete as its metadata says."""
    folder = flink.instance.folder("data", "jobmanager", kind, name)
    (folder / "_metadata").touch()
    return f"file://{folder}"


def test_a_job_that_was_lost_while_it_stopped_runs_once_more_and_is_stopped(flink: Running) -> None:
    """What its last checkpoint holds uncommitted, only the job itself can commit."""
    submit(flink, "torn")
    becomes(flink, "torn", "RUNNING")
    (first,) = [job for job, what in flink.flink.jobs.items() if what["name"] == "torn"]
    written(flink, "checkpoints", f"{first}/chk-9")
    latest = written(flink, "checkpoints", f"{first}/chk-10")
    flink.flink.jobs[first]["state"] = "SUSPENDED"
    stop(flink, "torn")
    becomes(flink, "torn", "STOPPED")
    (second,) = [job for job, what in flink.flink.jobs.items() if what["name"] == "torn" and job != first]
    assert (flink.flink.start_from[second], flink.flink.jobs[second]["state"]) == (latest, "FINISHED")
    kept = flink.cloud.store.get("statement", "torn") or {}
    assert kept["savepoint"].endswith(f"savepoint-{second}")


def test_a_savepoint_nobody_heard_of_is_where_a_finished_job_stands(flink: Running) -> None:
    submit(flink, "unheard")
    becomes(flink, "unheard", "RUNNING")
    (job,) = [job for job, what in flink.flink.jobs.items() if what["name"] == "unheard"]
    flink.flink.jobs[job]["state"] = "RESTARTING"  # nothing is done with it for now
    written(flink, "checkpoints", f"{job}/chk-10")
    stop(flink, "unheard")
    savepoint = written(flink, "savepoints", f"savepoint-{job[:6]}-0a1b2c")
    flink.flink.jobs[job]["state"] = "FINISHED"
    becomes(flink, "unheard", "STOPPED")
    assert (flink.cloud.store.get("statement", "unheard") or {})["savepoint"] == savepoint


def test_a_lost_job_that_cannot_run_any_more_is_stopped_where_it_stood(flink: Running) -> None:
    submit(flink, "no-return")
    becomes(flink, "no-return", "RUNNING")
    (job,) = [job for job, what in flink.flink.jobs.items() if what["name"] == "no-return"]
    latest = written(flink, "checkpoints", f"{job}/chk-3")
    flink.flink.refused = "no-return"
    flink.flink.jobs[job]["state"] = "SUSPENDED"
    stop(flink, "no-return")
    becomes(flink, "no-return", "STOPPED")
    assert (flink.cloud.store.get("statement", "no-return") or {})["savepoint"] == latest
