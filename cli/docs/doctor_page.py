"""Writes docs/doctor.md from the probes' docstrings. `python -m cli.docs` writes it."""

import inspect
from itertools import groupby

from cli.doctor import probes
from cli.doctor.examine import SECONDS
from cli.doctor.probe import Probe

HEAD = """# What `cdc doctor` looks at

`./cdc doctor [--stack NAME] [--database ADDRESS]` asks {count} probes at once and answers within {seconds:.0f} seconds: failed ones first, each with
what was seen, why probably, and the command to type. Exit code 1 when something failed, or is not known; `--json` for scripts.

It looks by public protocols, as the operator and with the consumers' own keys, and changes nothing. What a stack elsewhere needs:
`CONFLUENT_CLOUD_API_KEY` and `_SECRET` for the connector, `--database postgresql://cdc@host:5432/name` for the database; without them
those probes are skipped, and say so. Engines, memory and disk are the local environment's.

A probe of your own is a subclass of `cli.doctor.probe.Probe` in a module beside the command: `./cdc doctor --add my_probes`.
"""


def page(_: str) -> str:
    """The page."""
    every = probes.every()
    text = HEAD.format(count=len(every), seconds=SECONDS + 1)
    for area, own in groupby(every, key=lambda probe: probe.area):
        rows = "\n".join(f"| `{probe.name()}` | {about(probe)} |" for probe in own)
        text += f"\n## {area.capitalize()}\n\n| probe | what must hold |\n|---|---|\n{rows}\n"
    return text


def about(probe: type[Probe]) -> str:
    """Its docstring on one line, with its runbook."""
    text = " ".join(inspect.cleandoc(probe.__doc__ or "").split())
    return f"{text} [Runbook]({probe.runbook.removeprefix('docs/')})" if probe.runbook else text
