"""All probes side by side, within a time: what did not answer by then is not known, and says so."""

import time
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from threading import Thread
from typing import Any

import httpx2
import psycopg
from confluent_kafka import KafkaException
from confluent_kafka.schema_registry import SchemaRegistryError

from cli.doctor.facts import Facts, Skipped
from cli.doctor.probe import ORDER, Probe, Result, Verdict, verdict_of
from local.errors import LocalError
from stacks.errors import CdcError

SECONDS = 9.0
HERE_ALONE = ("logs", "restart", "up")  # commands about engines of this machine
# What asking may end in. Anything else is a fault of ours and is not hidden.
EXPECTED = (
    CdcError,
    LocalError,
    psycopg.Error,
    KafkaException,
    SchemaRegistryError,
    httpx2.HTTPError,
    OSError,
    TimeoutError,
)


def examine(facts: Facts, probes: Iterable[type[Probe]], seconds: float = SECONDS) -> list[Result]:
    """One result per probe, worst first, else in the probes' order."""
    chosen, deadline = list(probes), time.monotonic() + seconds
    asked = [(probe, started(probe(), facts)) for probe in chosen]
    results = [addressed(result(probe, answer, deadline), facts) for probe, answer in asked]
    return sorted(results, key=lambda one: ORDER.index(one.verdict))


def addressed(found: Result, facts: Facts) -> Result:
    """With commands that mean this stack."""
    mended = [
        replace(one, command=command_for(facts.stack.name, facts.stack.local, one.command)) for one in found.findings
    ]
    return replace(found, findings=mended)


def command_for(stack: str, local: bool, command: str) -> str:
    """Commands of ours, joined by &&, as they are typed for a stack: with its name, and its console where there are no engines to ask."""
    return " && ".join(one_for(stack, local, one) for one in command.split(" && "))


def one_for(stack: str, local: bool, command: str) -> str:
    """One of them."""
    words = command.split()
    if local or words[:1] != ["./cdc"] or {"-s", "--stack"} & set(words):
        return command
    return f"./cdc console -s {stack}" if words[1] in HERE_ALONE else f"{command} -s {stack}"


def started(probe: Probe, facts: Facts) -> Future[Any]:
    """A probe at work in a thread that does not keep the command from ending."""
    answer: Future[Any] = Future()

    def work() -> None:
        try:
            answer.set_result(list(probe.look(facts)))
        except BaseException as error:  # noqa: BLE001 - told by `result`
            answer.set_exception(error)

    Thread(target=work, daemon=True, name=probe.name()).start()
    return answer


def result(probe: type[Probe], answer: Future[Any], deadline: float) -> Result:
    """What a probe found, or why that is not known."""

    def told(verdict: Verdict, reason: str) -> Result:
        return Result(probe.name(), probe.area, verdict, probe.runbook, [], reason)

    try:
        findings = answer.result(max(0.0, deadline - time.monotonic()))
    except Skipped as skipped:
        return told("skipped", str(skipped))
    except TimeoutError as error:
        return told("unknown", str(error) or "no answer in time")
    except EXPECTED as error:
        return told("unknown", (getattr(error, "message", "") or str(error)).strip().splitlines()[0])
    return Result(probe.name(), probe.area, verdict_of(one.severity for one in findings), probe.runbook, findings)
