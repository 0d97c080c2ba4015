"""Writes docs/troubleshooting.md: an index of what commands say, made of the code that says it. `python -m cli.docs` writes it."""

import ast
import re
from collections.abc import Iterable, Iterator

from cli.docs.rules_table import COMMAND
from cli.doctor import probes
from local.environment import ROOT
from stacks.routes.lint.rules import RULES

HEAD = """# Troubleshooting

What is on the screen, by its words; `…` stands for what differs. Made of the code: {count} entries.

| you see | go to |
|---|---|
| something is wrong with a running stack | `./cdc doctor`: evidence, cause, command; [the probes](#findings-of-the-doctor) |
| `error: …` | [errors of commands](#errors-of-commands), in the alphabet's order without leading names |
| `routes.yaml:LINE:… [rule]` | [rules of routes.yaml](#rules-of-routesyaml) |
| `TABLE.COLUMN: … [rule]` of the database | [rules of the database](#rules-of-the-database), [migrator.md](runbooks/migrator.md) |
| a policy finding in a plan | `./cdc plan STACK` says rule, resource and fix; [security.md](security.md) |
| an alarm with a runbook | [runbooks](runbooks), [operate.md](operate.md) |
"""
ROOMS = (
    "cli",
    "stacks",
    "local/engines",
    "local/toolchain",
    "local/workspace",
    "local/environment.py",
    "local/exclusive.py",
)
ERRORS = ("CdcError", "LocalError", "NotRunning")
CATALOG = ROOT / "functions" / "migrator" / "catalog.py"


def page(_: str) -> str:
    """The page."""
    said = dict(sorted(errors(), key=lambda one: one[0].lstrip("…` ").lower()))
    declared = dict(sorted(catalog_rules()))
    rules = {**RULES, **COMMAND}
    every = probes.every()
    text = HEAD.format(count=len(said) + len(declared) + len(rules) + len(every))
    text += section("Errors of commands", ("message", "what to do"), said.items())
    finds = ((f"`{name}`", f"{rule.severity}: {rule.about}") for name, rule in rules.items())
    text += section("Rules of routes.yaml", ("rule", "finds"), finds)
    text += section("Rules of the database", ("rule", "finds"), ((f"`{n}`", about) for n, about in declared.items()))
    looked = (
        (f"`{probe.name()}`", f"[{probe.area}](doctor.md#{probe.area})" + runbook(probe.runbook)) for probe in every
    )
    return text + section("Findings of the doctor", ("probe", "what it looks at, and the runbook"), looked)


def section(title: str, columns: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    """A table under a heading."""
    lines = [f"| {cell(a)} | {cell(b)} |" for a, b in rows]
    return f"\n## {title}\n\n| {columns[0]} | {columns[1]} |\n|---|---|\n" + "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """On one line, and no table of its own."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def runbook(path: str) -> str:
    """A link, where there is one."""
    return f", [runbook]({path.removeprefix('docs/')})" if path else ""


def errors() -> Iterator[tuple[str, str]]:
    """Messages and hints of every error that a command ends with."""
    for room in ROOMS:
        place = ROOT / room
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                    message, hint = ([*map(words, node.args), "", ""])[:2]
                    if len(message.replace("…", "").split()) > 1:
                        yield message, hint or "–"


def catalog_rules() -> Iterator[tuple[str, str]]:
    """Rules of the look at the database, with the first words that one says."""
    tree = ast.parse(CATALOG.read_text())
    assigned = sorted(
        (node.lineno, node.targets[0].id, words(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1:
            rule = words(node.args[0])
            if node.func.id == "one" and re.fullmatch(r"[a-z]+(-[a-z]+)+", rule):
                told = node.args[1]
                before = [
                    text for line, name, text in assigned if line < node.lineno and name == getattr(told, "id", "")
                ]
                yield rule, words(told) or (before[-1] if before else "")


def words(node: ast.AST) -> str:
    """A text of the code; what differs is `…`. Empty for what is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return re.sub("…+", "…", "".join(words(part) or "…" for part in parts))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{words(left) or '…'}{words(right) or '…'}"
        case _:
            return ""
