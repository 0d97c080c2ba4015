"""`cdc rotate`: keys or the database's password, step by step, each checked before the next."""

from concurrent.futures import Future
from dataclasses import asdict, dataclass

from cli.client.stack import Stack
from cli.console import data, out, say
from cli.doctor import probes
from cli.doctor.examine import examine
from cli.doctor.facts import Facts
from cli.doctor.probe import Result
from cli.planning import rotation
from local.environment import ROOT
from stacks import load as loading
from stacks.errors import CdcError

# What must hold with the present keys before others are touched.
KEYS = ("keys-are-known", "topics-may-be-read", "schemas-may-be-read", "connector-runs", "tasks-run", "heartbeat-is-young", "statements-run")  # fmt: skip
PASSWORD = ("database-answers", "connector-runs", "tasks-run", "heartbeat-is-young", "slot-is-read")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Whose: a consumer, `connector`, `flink` (all have keys of one generation) or `database`; and what may be done."""

    target: str
    write: bool
    yes: bool


def run(running: Future[Stack], wanted: Wanted, database: str | None, as_json: bool) -> int:
    """Check, then say or write the next step. Exit code 1 when something must be mended first."""
    stack = running.result()
    known = [consumer.name for consumer in stack.contract.consumers]
    if wanted.target not in ("connector", "flink", "database", *known):
        raise CdcError(
            f"{wanted.target} has nothing to rotate", f"known: connector, flink, database, {', '.join(known)}"
        )
    chosen = PASSWORD if wanted.target == "database" else KEYS
    results = examine(Facts(stack, database), [probe for probe in probes.every() if probe.name() in chosen])
    bad = [one for one in results if one.verdict in ("failed", "unknown")]
    if wanted.target == "database":
        return password(stack, results, bad, as_json)
    return keys(stack, wanted, bad, as_json)


def keys(stack: Stack, wanted: Wanted, bad: list[Result], as_json: bool) -> int:
    """The next step of the keys' generations."""
    settings, _ = loading.from_files(ROOT, stack.name)
    step = rotation.step(settings.keys, settings.private)
    may = not bad and (wanted.yes or not step.drops)
    file = ROOT / f"Pulumi.{stack.name}.yaml"
    if wanted.write and may:
        file.write_text(rotation.written(file.read_text(), step.next))
    if as_json:
        told = {"now": step.now.model_dump(), "next": step.next.model_dump(), "step": step.what, "drops": step.drops}
        data({**told, "checks": [asdict(one) for one in bad], "written": wanted.write and may})
    else:
        say(f"keys of {stack.name}: {rotation.shown(step.now)}; all identities have keys of one generation")
        failures(bad)
        if not bad:
            next_step(stack, wanted, step, file.name, may)
    return 0 if may or not (wanted.write or bad) else 1


def next_step(stack: Stack, wanted: Wanted, step: rotation.Step, file: str, may: bool) -> None:
    """What to type."""
    say("✔ the present keys work: consumers, connector, statements")
    say(f"next: {step.what}: {rotation.KEY} {rotation.shown(step.next)}")
    if step.drops:
        places = {consumer.name: consumer.secret for consumer in stack.contract.consumers}
        say("  whoever still uses an old key is refused from then on: have all of them read their secret again?")
        for name, place in places.items():
            say(f"    {name:<24} {place}")
    if wanted.write and may:
        apply = "./cdc up" if stack.local else f"./cdc deploy {stack.name}"
        say(f"{file} says so now. Next: {apply}, then ./cdc rotate {wanted.target} -s {stack.name}")
    else:
        say(f"write it: ./cdc rotate {wanted.target} -s {stack.name} --write" + " --yes" * step.drops)


def password(stack: Stack, results: list[Result], bad: list[Result], as_json: bool) -> int:
    """The connector's password: three commands."""
    if as_json:
        data({"checks": [asdict(one) for one in results], "steps": steps(stack)})
        return 1 if bad else 0
    failures(bad)
    if stack.local:
        say("the local database's passwords are the environment's own, made at its first start: nothing to rotate")
        return 1 if bad else 0
    say("passwords of the database, in one update; new sign-ins fail for some seconds in between:")
    for command in steps(stack):
        out.print(f"  {command}", markup=False, soft_wrap=True)
    return 1 if bad else 0


def steps(stack: Stack) -> list[str]:
    """The commands."""
    return [
        f"pulumi config set --secret cdc-streaming:databasePassword -s {stack.name}",
        f"./cdc deploy {stack.name}",
        f"./cdc rotate database -s {stack.name}",
    ]


def failures(bad: list[Result]) -> None:
    """What must be mended before anything is rotated."""
    for one in bad:
        for finding in one.findings:
            say(f"✘ {finding.evidence}")
            say(f"    do:  {finding.command}")
        if not one.findings:
            say(f"? {one.probe}: {one.reason}")
    if bad:
        say("nothing is rotated before that is mended")
