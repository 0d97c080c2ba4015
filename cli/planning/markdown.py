"""A difference as one pull-request comment: the verdict first, everything else folded, never too long for GitHub."""

import html
import re
from collections.abc import Iterator, Sequence

from cli.planning import cost
from cli.planning.difference import Difference, Step

LIMIT = 65_536  # characters of a comment on GitHub
MARK = "<!-- cdc plan {stack} -->"
ICONS = {"create": "➕", "update": "✏️", "replace": "♻️", "delete": "❌"}


def render(found: Difference, full_report: str = "", limit: int | None = LIMIT, review: Sequence[str] = ()) -> str:
    """The comment. `full_report`: where the rest is, should something have to be left out to keep to the limit.

    `review`: sections about the routes themselves.
    """
    head = "\n".join([*verdict(found), "", *numbers(found), "", ""])
    sections = [*review, *steps(found), *texts(found), *findings(found), *assumptions(found)]
    tail = "\n\n_Made by `cdc plan` from the files alone: no account was asked._\n"
    kept: list[str] = []
    room = limit - len(head) - len(tail) - 400 if limit else None
    dropped = 0
    for section in sections:
        if room is not None and len(section) + 1 > room:
            dropped += 1
            continue
        kept.append(section)
        room = None if room is None else room - len(section) - 1
    note = (
        f"\n> {dropped} section(s) were too long for a comment{f': {full_report}' if full_report else ''}.\n"
        if dropped
        else ""
    )
    return head + "\n".join(kept) + note + tail


def verdict(found: Difference) -> Iterator[str]:
    """What a reviewer must know, in the first lines."""
    yield MARK.format(stack=found.head.stack)
    lost = [s for s in found.steps if s.loses_data]
    if found.refused:
        yield f"## 🛑 `{found.head.stack}`: the provider refuses this change"
        yield from (f"- {plain(line)}" for line in found.refused)
    elif found.new_findings:
        yield f"## 🛑 `{found.head.stack}`: {plural(len(found.new_findings), 'policy finding')}"
    elif lost:
        yield f"## ⚠️ `{found.head.stack}`: **data would be lost** in {plural(len(lost), 'resource')}"
    elif found.steps:
        yield f"## ✅ `{found.head.stack}`: {plural(len(found.steps), 'resource')} would change, no data is touched destructively"
    else:
        yield f"## ✅ `{found.head.stack}`: nothing changes"
    for step in lost:
        held = " It is protected: the update would stop here." if step.protected else ""
        yield f"- ⚠️ {code(step.name)} would be {past(step.action)}{because(step)}.{held}"
    for step in found.steps:
        if step.note:
            yield f"- {'ℹ️' if 'continues' in step.note else '⚠️'} {code(step.name)}: {plain(step.note)}."
    for finding in found.new_findings[:10]:
        yield f"- 🛑 **{finding.rule}** {code(finding.resource)}: {plain(finding.message)}. {plain(finding.fix)}."


def numbers(found: Difference) -> Iterator[str]:
    """Resources, money, time and limits in one table."""
    counts = {action: sum(s.action == action for s in found.steps) for action in ICONS}
    shown = ", ".join(f"{n} to {action}" for action, n in counts.items() if n) or "none"
    before, after = cost.total(found.base.costs), cost.total(found.head.costs)
    yield "| | |"
    yield "|---|---|"
    yield f"| resources | {shown} |"
    yield f"| estimated cost a month | ${before:,.0f} → ${after:,.0f} ({found.dollars:+,.0f}) |"
    yield f"| a new environment takes at least | {minutes(found.base.seconds)} → {minutes(found.head.seconds)} |"
    for old, new in zip(found.base.uses, found.head.uses, strict=True):
        if old != new:
            yield f"| {new.what} | {old.used} → {new.used} of {new.limit:,} ({new.share:.0%}) |"
    touched = sorted({s.name for s in found.steps if s.holds_data})
    yield f"| data-holding resources touched | {', '.join(map(code, touched[:12])) or 'none'}{' …' if len(touched) > 12 else ''} |"


def steps(found: Difference) -> Iterator[str]:
    """Resources by what happens to them: dangerous ones first."""
    for action in ("delete", "replace", "update", "create"):
        mine = [s for s in found.steps if s.action == action]
        if mine:
            lines = [f"- {code(s.name)} ({s.type}){reasons(s)}" for s in mine]
            yield folded(
                f"{ICONS[action]} {plural(len(mine), 'resource')} to {action}", "\n".join(lines), action != "create"
            )


def reasons(step: Step) -> str:
    """Why, in a few words."""
    why = f": {plain('; '.join(step.why))}" if step.why else ""
    return why + (f" — replaced because of {plain(', '.join(step.replaces))}" if step.replaces else "")


def because(step: Step) -> str:
    """The properties that replace."""
    return f" because of {plain(', '.join(step.replaces))}" if step.replaces else ""


def texts(found: Difference) -> Iterator[str]:
    """SQL and schemas."""
    for title, text in found.texts:
        yield folded(plain(title), fenced(text), False)


def findings(found: Difference) -> Iterator[str]:
    """Findings beyond the first ten."""
    if len(found.new_findings) > 10:
        rest = "\n".join(f"- {plain(finding)}" for finding in found.new_findings[10:])
        yield folded("more policy findings", rest, False)


def assumptions(found: Difference) -> Iterator[str]:
    """How the cost comes about."""
    traffic = found.head.settings.traffic
    lines = [
        f"{traffic.events_per_second:g} events/s of {traffic.bytes_per_event} bytes, each to one route and one reader.",
        "",
    ]
    lines += ["| item | $ a month | because |", "|---|---:|---|"]
    lines += [
        f"| {x.item} | {'?' if x.dollars is None else f'{x.dollars:,.0f}'} | {x.because} |" for x in found.head.costs
    ]
    yield folded("cost and its assumptions", "\n".join(lines), False)


def plain(text: object) -> str:
    """Others' text: one line that folds nothing, closes nothing, and calls nobody."""
    return html.escape(" ".join(str(text).split()), quote=False).replace("@", "@\u2060").replace("|", "\\|")


def code(text: object) -> str:
    """Others' text as code."""
    return "`" + " ".join(str(text).split()).replace("`", "'") + "`"


def fenced(text: str) -> str:
    """A block that its own content cannot end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}diff\n{text}\n{fence}"


def folded(title: str, body: str, opened: bool) -> str:
    """A section that folds."""
    return f"<details{' open' if opened else ''}><summary>{title}</summary>\n\n{body}\n\n</details>"


def plural(count: int, noun: str) -> str:
    """`1 resource`, `2 resources`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def past(action: str) -> str:
    """`replaced`, `deleted`."""
    return {"replace": "replaced", "delete": "deleted", "create": "created", "update": "updated"}[action]


def minutes(seconds: int) -> str:
    """Rounded up."""
    return f"{-(-seconds // 60)} min"
