"""`cdc plan`: what an environment would get, or what a pull request would change, without an account."""

import subprocess
import tempfile
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from cli.commands import review
from cli.console import data, out, say, step, table
from cli.planning import cost, duration, markdown, plan
from cli.planning.difference import Difference, compare
from cli.planning.plan import Plan
from local.environment import ROOT
from local.toolchain import checkov as toolchain
from policies import checkov
from stacks.errors import CdcError

Format = Literal["text", "markdown", "json"]


def run(stack: str, base: str | None, form: Format, output: Path | None, scan: bool) -> int:
    """Plan and print. Exit code 1 when the policy pack or checkov finds something, or the provider would refuse."""
    known = sorted(f.name.split(".")[1] for f in ROOT.glob("Pulumi.*.yaml"))
    if stack not in known:
        raise CdcError(f"there is no stack {stack!r}", f"known: {', '.join(known)}")
    if base is None:
        with step(f"Planning {stack}"):
            head = plan.make(stack)
        report = scanned(head) if scan else None
        show(head, report, form)
        return 1 if head.findings or (report and report.failed) else 0
    with checked_out(base) as root, step(f"Planning {stack} at {base}"):
        before = plan.make(stack, root)
    with step(f"Planning {stack}"):
        head = plan.make(stack, last=plan.after(before))
    found = compare(before, head)
    full = output.with_suffix(".full.md") if output else None
    about = review.sections(base)
    text = markdown.render(found, f"the whole of it is in `{full.name}`" if full else "", review=about)
    if output and full:
        output.write_text(text)
        full.write_text(markdown.render(found, limit=None, review=about))
        say(f"  written to {output} (for a comment) and {full} (all of it)")
    elif form == "json":
        data(plain(found))
    else:
        out.file.write(text)
    return 1 if found.refused or found.new_findings else 0


@contextmanager
def checked_out(ref: str) -> Generator[Path]:
    """The files of a commit, in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="cdc-base-") as folder:
        root = Path(folder) / "tree"
        git("worktree", "add", "--detach", "--quiet", str(root), ref)
        try:
            if not (root / "cli" / "planning" / "recording.py").exists():
                raise CdcError(
                    f"{ref} cannot be planned: its program is older than `cdc plan`", "compare with a later one"
                )
            yield root
        finally:
            git("worktree", "remove", "--force", str(root))


def git(*arguments: str) -> None:
    """Run git here. CdcError with its words."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CdcError(f"git {arguments[0]} failed: {done.stderr.strip()}", "is the reference right, and fetched?")


def scanned(head: Plan) -> checkov.Report | None:
    """checkov's report, for environments that must be clean; they have AWS resources."""
    if not head.graph.protected or not head.graph.aws("rds/cluster"):
        return None
    with step("checkov") as progress:
        return checkov.run(toolchain.install(progress), head.graph)


def show(head: Plan, report: checkov.Report | None, form: Format) -> None:
    """The summary."""
    if form == "json":
        data(summary(head, report))
        return
    components = by_component(head)
    table(
        f"What `pulumi up -s {head.stack}` declares",
        ("component", "resources", "protected"),
        components,
        ("resources", "protected"),
    )
    out.print()
    lines = [(x.item, "?" if x.dollars is None else f"{x.dollars:,.0f}", x.because) for x in head.costs]
    still = f"${cost.idle(head.settings, head.routes, head.graph):.2f} an hour without any events"
    lines.append(
        ("Total", f"{cost.total(head.costs):,.0f}", f"list prices of cli/planning/prices.toml, an estimate; {still}")
    )
    traffic = head.settings.traffic
    title = f"Cost a month in $, at {traffic.events_per_second:g} events/s of {traffic.bytes_per_event} bytes"
    table(title, ("item", "$", "because"), lines, ("$",))
    out.print()
    uses = [(use.what, use.used, f"{use.limit:,}", f"{use.share:.0%}") for use in head.uses]
    table("Use of Confluent's limits", ("limit", "used", "of", "share"), uses, ("used", "of", "share"))
    out.print()
    waits = ", ".join(f"{name} {seconds} s" for name, seconds in duration.chain(head.graph))
    out.print(f"A first `up` takes at least {markdown.minutes(head.seconds)}: {waits}", markup=False)
    verdicts(head, report)


def verdicts(head: Plan, report: checkov.Report | None) -> None:
    """Findings, or that there are none."""
    out.print()
    for finding in head.findings:
        out.print(f"✘ {finding}", markup=False)
    for failed in report.failed if report else ():
        out.print(f"✘ {failed}", markup=False)
    out.print(f"policy pack: {len(head.findings)} findings", markup=False)
    if report:
        out.print(
            f"checkov: {report.passed} passed, {len(report.failed)} failed, {report.excused} excused with a written reason",
            markup=False,
        )


def by_component(head: Plan) -> list[tuple[str, int, int]]:
    """Resources and protected ones by top component, in the order of the program."""
    resources = head.graph.resources

    def top(name: str) -> str:
        parent = resources[name].parent
        return top(parent) if parent in resources else resources[name].name

    counted = [r for r in head.graph if r.package not in ("cdc", "pulumi")]
    group = {r.name: component_label(resources[top(r.name)].token, top(r.name)) for r in counted}
    totals = Counter(group.values())
    kept = Counter(group[r.name] for r in counted if r.protect)
    return [(name, totals[name], kept[name]) for name in sorted(totals)]


def component_label(token: str, name: str) -> str:
    """Components of one kind are counted together: `confluent.Identity`, `confluent.EventTopic`."""
    return f"{token.split(':')[1]}.{token.split(':')[2]}" if token.startswith("cdc:") else name


def summary(head: Plan, report: checkov.Report | None) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "stack": head.stack,
        "components": [{"component": c, "resources": n, "protected": p} for c, n, p in by_component(head)],
        "monthlyDollars": round(cost.total(head.costs), 2),
        "idleHourlyDollars": round(cost.idle(head.settings, head.routes, head.graph), 2),
        "costs": [{"item": x.item, "dollars": x.dollars, "because": x.because} for x in head.costs],
        "limits": [{"what": use.what, "used": use.used, "limit": use.limit} for use in head.uses],
        "upSecondsAtLeast": head.seconds,
        "findings": [str(f) for f in head.findings],
        "checkov": {"passed": report.passed, "excused": report.excused, "failed": [str(f) for f in report.failed]}
        if report
        else None,
    }


def plain(found: Difference) -> dict[str, Any]:
    """A difference for scripts."""
    return {
        "stack": found.head.stack,
        "steps": [
            {
                "name": s.name,
                "type": s.type,
                "action": s.action,
                "why": s.why,
                "replaces": s.replaces,
                "losesData": s.loses_data,
            }
            for s in found.steps
        ],
        "refused": found.refused,
        "findings": [str(f) for f in found.new_findings],
        "monthlyDollars": round(found.dollars, 2),
        "upSecondsAtLeast": [found.base.seconds, found.head.seconds],
    }
