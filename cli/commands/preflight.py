"""`cdc preflight`: what would stop the first `up`, said before it begins. Changes nothing."""

from collections import Counter
from dataclasses import asdict

from cli.console import data, out, say, table
from cli.preflight import emulated
from cli.preflight.check import Result, examine
from cli.preflight.every import every
from local.environment import ROOT

SIGNS = {"ok": "✔", "failed": "✘", "unknown": "?", "warning": "!", "skipped": "-"}


def examined(stack: str) -> list[Result]:
    """What every check says. InvalidFiles for settings that are wrong."""
    with emulated.accounts(stack, ROOT) as accounts:
        assert accounts.settings  # noqa: S101 - raises what is wrong with the files, before anybody is asked
        return examine(accounts, every())


def before(stack: str) -> int:
    """In a deployment: exit code 1 for what would stop it, before anything is touched. What is not known is said and stops nothing."""
    results = examined(stack)
    for one in results:
        if one.verdict == "unknown":
            say(f"not known beforehand: {one.check}: {one.reason}")
    tell(results)
    stops = [one.check for one in results if one.verdict == "failed"]
    if stops:
        say(f"{stack} was not deployed, nothing was touched: {', '.join(stops)} (./cdc preflight {stack})")
    return 1 if stops else 0


def run(stack: str, as_json: bool) -> int:
    """Exit code 1 when something would stop the `up`, or is not known."""
    results = examined(stack)
    bad = any(one.verdict in ("failed", "unknown") for one in results)
    if as_json:
        data({"stack": stack, "ready": not bad, "checks": [asdict(one) for one in results]})
    else:
        show(stack, results)
    return 1 if bad else 0


def show(stack: str, results: list[Result]) -> None:
    """A line per check; what is wrong below."""
    rows = [(f"{SIGNS[one.verdict]} {one.check}", one.area, said(one)) for one in results]
    table(f"Before the first up of {stack}", ("check", "asks", ""), rows)
    tell(results)
    counts = Counter(one.verdict for one in results)
    out.print()
    out.print(
        f"{stack}: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in SIGNS if counts[verdict]), markup=False
    )


def tell(results: list[Result]) -> None:
    """What is wrong, what would have happened, what mends it."""
    for one in results:
        for finding in one.findings:
            out.print()
            out.print(f"{SIGNS[finding.severity]} {finding.evidence}", markup=False, soft_wrap=True)
            out.print(f"    else: {finding.otherwise}", markup=False, soft_wrap=True)
            out.print(f"    do:   {finding.command}", markup=False, soft_wrap=True, style="bold")


def said(one: Result) -> str:
    """What a row says beside its sign."""
    return one.reason or "; ".join(finding.evidence for finding in one.findings)
