"""The life of statements: planned, submitted, watched, resubmitted from the last checkpoint after a crash, stopped."""

import asyncio
import logging
import time

import httpx2

from local.confluent import lateness
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.flink import compiled_plans, positions, sql_gateway, table_options
from local.confluent.store import Document, now

log = logging.getLogger("cloud.flink")
CARRY = "sql.tables.initial-offset-from"
DRY_RUN = "sql.dry-run"
PATIENCE = 60  # seconds a job may restart before its statement is called degraded
ALIVE = ("CREATED", "INITIALIZING", "RUNNING", "RESTARTING", "RECONCILING", "FAILING")
LOST = ("LOST", "CANCELED", "SUSPENDED")  # the job manager was restarted, or knows nothing of the job any more


class StatementLifecycle:
    """Brings every statement of the store to the state its document asks for."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.wake = asyncio.Event()
        self.locks: dict[str, asyncio.Lock] = {}
        self.restarting: dict[str, float] = {}
        self.warming: asyncio.Task[None] | None = None

    def lock(self, name: str) -> asyncio.Lock:
        """One change of a statement at a time."""
        return self.locks.setdefault(name, asyncio.Lock())

    async def run(self) -> None:
        """Look at every statement once a second, or at once after `wake`."""
        self.warming = asyncio.create_task(self.warm_up())
        while True:
            for statement in list(self.cloud.store.all("statement")):
                try:
                    async with self.lock(statement["name"]):
                        await self.step(statement["name"])
                except (httpx2.HTTPError, ApiError) as error:
                    log.info("statement %s waits: %s", statement["name"], error)
                except Exception:
                    log.exception("statement %s", statement["name"])
            self.wake.clear()
            try:
                await asyncio.wait_for(self.wake.wait(), 1)
            except TimeoutError:
                continue

    async def warm_up(self) -> None:
        """Best effort: a gateway that is still starting is simply not warm."""
        try:
            await compiled_plans.warm_up(self.cloud)
        except (httpx2.HTTPError, sql_gateway.SqlError) as error:
            log.info("the SQL gateway was not warmed up: %s", error)

    def save(self, statement: Document, phase: str, detail: str = "") -> None:
        """Write the new phase down."""
        statement["phase"], statement["detail"], statement["updated"] = phase, detail, now()
        self.cloud.store.put("statement", statement["name"], statement)
        log.warning("statement %s is %s %s", statement["name"], phase, detail)

    async def step(self, name: str) -> None:
        """Move one statement one step on."""
        statement = self.cloud.store.get("statement", name)
        if statement is None:
            return
        if statement["phase"] == "PENDING":
            await self.begin(statement)
        elif statement["phase"] in ("RUNNING", "DEGRADED"):
            await self.watch(statement)
        elif statement["phase"] == "STOPPING":
            await self.halt(statement)

    async def begin(self, statement: Document) -> None:
        """PENDING → RUNNING, FAILED (with the planner's reason) or COMPLETED (a dry run)."""
        if statement["spec"]["stopped"]:
            self.save(statement, "STOPPED")
            return
        if lateness.late(self.cloud, statement, lateness.PROVISIONING):
            return
        try:
            if table_options.alters(statement["spec"]["statement"]):
                await table_options.apply(self.cloud, statement)
                self.save(statement, "COMPLETED")
                return
            if not compiled_plans.file_of(self.cloud, statement).exists():
                await compiled_plans.compile_plan(self.cloud, statement)
            if statement["spec"]["properties"].get(DRY_RUN) == "true":
                self.save(statement, "COMPLETED", "dry run: the statement is valid")
                return
            start = self.carried(statement)
            if start is None:
                return
            await self.submit(statement, start)
        except sql_gateway.SqlError as error:
            self.save(statement, "FAILED", str(error))
        except ApiError as error:
            self.save(statement, "FAILED", error.detail)

    def carried(self, statement: Document) -> str | None:
        """Where to start: own checkpoint, the carried-over one, or nothing (""). None: the other has not stopped yet."""
        if own := positions.newest(self.cloud, statement):
            return own
        source = statement["spec"]["properties"].get(CARRY)
        if not source:
            return ""
        other = self.cloud.store.get("statement", source)
        if other is None:
            raise sql_gateway.SqlError(f"{CARRY}: statement {source!r} does not exist")
        if other["phase"] == "STOPPED" and other["savepoint"]:
            return other["savepoint"]
        if other["phase"] in ("FAILED", "COMPLETED"):
            raise sql_gateway.SqlError(
                f"{CARRY}: statement {source!r} is {other['phase']} and has no offsets to carry over"
            )
        waits = f"Statement is currently pending until referenced statement {source} is stopped."
        if statement["detail"] != waits:
            self.save(statement, "PENDING", waits)
        return None

    async def launch(self, statement: Document, start: str) -> str:
        """Start the job, unless it already runs (we may have been killed before writing its id down); its id."""
        running = {
            job["name"]: identity
            for identity, job in (await sql_gateway.jobs(self.cloud)).items()
            if job["state"] in ALIVE
        }
        job = running.get(statement["name"]) or await compiled_plans.execute_plan(self.cloud, statement, start)
        statement |= {"job": job, "started_from": start}
        self.cloud.store.put("statement", statement["name"], statement)
        return job

    async def submit(self, statement: Document, start: str) -> None:
        """Start the job and wait until it runs."""
        job, state = await self.launch(statement, start), ""
        for _ in range(200):
            state = (await sql_gateway.jobs(self.cloud)).get(job, {}).get("state", "")
            if state == "RUNNING":
                self.save(statement, "RUNNING")
                return
            if state not in ALIVE:
                break
            await asyncio.sleep(0.1)
        self.save(statement, "RUNNING" if state in ALIVE else "FAILED", await sql_gateway.problem(self.cloud, job))

    async def watch(self, statement: Document) -> None:
        """A running job stays; a lost one (the job manager was restarted) is submitted again from its last checkpoint."""
        job = (await sql_gateway.jobs(self.cloud)).get(statement["job"])
        if job is None or job["state"] in LOST:
            log.warning("statement %s: its job is gone, submitting it again", statement["name"])
            await self.begin(statement)
        elif job["state"] == "FAILED":
            self.save(statement, "FAILED", await sql_gateway.problem(self.cloud, statement["job"]))
        else:
            await self.judge(statement, job["state"])

    async def judge(self, statement: Document, state: str) -> None:
        """A job that restarts for long is DEGRADED (Confluent waits two hours; a restart here takes seconds)."""
        name = statement["name"]
        if state == "RUNNING":
            self.restarting.pop(name, None)
            if statement["phase"] == "DEGRADED":
                self.save(statement, "RUNNING")
        elif (
            time.monotonic() - self.restarting.setdefault(name, time.monotonic()) > PATIENCE
            and statement["phase"] == "RUNNING"
        ):
            self.save(statement, "DEGRADED", await sql_gateway.problem(self.cloud, statement["job"]))

    async def halt(self, statement: Document) -> None:
        """STOPPING → STOPPED, its position kept in a savepoint."""
        state = (await sql_gateway.jobs(self.cloud)).get(statement["job"] or "", {}).get("state", "LOST")
        if state == "RUNNING":
            statement["savepoint"] = await sql_gateway.stop(
                self.cloud, statement["job"], str(positions.savepoints(self.cloud))
            )
        elif state in ALIVE or (statement["job"] and state in LOST and await self.revive(statement)):
            return  # a job that is starting cannot be stopped with a savepoint: look again in a moment
        else:
            statement["savepoint"] = positions.newest(self.cloud, statement) or statement["savepoint"]
        statement["job"] = ""
        self.save(statement, "STOPPED")

    async def revive(self, statement: Document) -> bool:
        """Start the job once more, to be stopped as it should: engines that were killed left transactions of its sinks open.

        Only the job itself commits those that belong to its last checkpoint (else their rows are lost) and aborts the others
        (else readers wait for them). False when it cannot be started.
        """
        log.warning("statement %s: its job is gone before it was stopped, starting it again", statement["name"])
        try:
            await self.launch(statement, positions.newest(self.cloud, statement))
        except sql_gateway.SqlError as error:
            log.warning("statement %s cannot be started again: %s", statement["name"], error)
            return False
        return True

    async def remove(self, statement: Document) -> None:
        """Cancel the job and forget the statement: plan, checkpoints, savepoint."""
        async with self.lock(statement["name"]):
            if statement["job"]:
                await sql_gateway.cancel(self.cloud, statement["job"])
                positions.forget(self.cloud, statement["job"])
            compiled_plans.file_of(self.cloud, statement).unlink(missing_ok=True)
            self.cloud.store.delete("statement", statement["name"])
