"""`cdc lineage`: where data comes from and goes to, as a picture for people or as events for a catalog."""

import json
from pathlib import Path
from typing import Literal

from cli.client import stack as stacks
from cli.console import say
from cli.lineage import graph, mermaid, openlineage, svg
from local.environment import ROOT
from stacks import load as loading
from stacks.errors import CdcError

Form = Literal["mermaid", "svg", "openlineage"]


def run(stack: str, form: Form, output: Path | None) -> int:
    """Write it to standard output, or to a file. OpenLineage names real addresses, so it needs the running stack."""
    text = rendered(stack, form)
    if output is None:
        print(text, end="")
        return 0
    try:
        output.write_text(text)
    except OSError as error:
        raise CdcError(f"{output} cannot be written: {error.strerror}", "choose another file with --output") from error
    say(f"wrote {output}")
    return 0


def rendered(stack: str, form: Form) -> str:
    """The stack's graph in a form; OpenLineage is a JSON event a line."""
    settings, routes = loading.from_files(ROOT, stack)
    found = graph.of(stack, settings, routes)
    if form == "mermaid":
        return mermaid.render(found)
    if form == "svg":
        return svg.render(found)
    running = openlineage.Stack(found, routes, stacks.load(stack).contract)
    return "".join(f"{json.dumps(event)}\n" for event in openlineage.events(running))
