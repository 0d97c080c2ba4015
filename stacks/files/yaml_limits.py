"""Limits that a YAML text must keep before anything is built from it: size, depth, and what aliases would multiply."""

from collections.abc import Iterator

import yaml

SIZE = 4 * 1024 * 1024  # characters
DEPTH = 50
NODES = 100_000  # with what aliases stand for
Problem = tuple[str, yaml.Mark]
STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def problem(text: str) -> Problem | None:
    """The first limit that is passed, and where. Reads the text's events one after another: no depth is too deep for that."""
    counter = Counter()
    for event in events(text):
        if found := counter.take(event):
            return found, event.start_mark
    return None


def events(text: str) -> Iterator[yaml.Event]:
    """The parser's events."""
    parser = yaml.CSafeLoader(text)
    try:
        while event := parser.get_event():
            yield event
    finally:
        parser.dispose()


class Counter:
    """Depth and nodes so far; the size of each anchored value."""

    def __init__(self) -> None:
        self.nodes = 0
        self.open: list[tuple[str | None, int]] = []
        self.sizes: dict[str, int] = {}

    def take(self, event: yaml.Event) -> str:
        """Count one event; what is too much."""
        if isinstance(event, STARTS):
            self.open.append((event.anchor, self.nodes))
        if isinstance(event, ENDS):
            anchor, before = self.open.pop()
            if anchor:
                self.sizes[anchor] = self.nodes - before
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in self.open):
                return "an alias of the value that it stands in"
            self.nodes += self.sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.NodeEvent):
            self.nodes += 1
        if len(self.open) > DEPTH:
            return f"nested deeper than {DEPTH}"
        return f"more than {NODES} values" if self.nodes > NODES else ""
