"""`cdc dead-letters redrive`: dead letters into the topics they came from."""

from collections.abc import Sequence

from cli.client import dead_letters
from cli.client.redrive import Choice, Repair, redrive
from cli.client.stack import load
from cli.console import data, say
from stacks.errors import CdcError


def run(stack_name: str, ids: Sequence[str], everything: bool, repair: Repair, as_json: bool) -> int:
    """Write records back into the topic they came from. Nothing is written when one of them could not be decoded again."""
    if bool(ids) == everything:
        raise CdcError("which dead letters?", "name their ids, or --all")
    if repair.value is not None and len(ids) != 1:
        raise CdcError("--value-file is for one dead letter", "name one id")
    running, choice = load(stack_name), Choice(ids=ids)
    written: list[str] = []
    for source in {record.source for record in choice.of(dead_letters.read(running))}:
        written += redrive(running, source, choice, repair)
    if as_json:
        data({"redriven": written})
    else:
        say(f"{len(written)} written back" + (f": {', '.join(written[:10])}" if written else "; nothing was waiting"))
    return 0
