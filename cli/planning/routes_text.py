"""routes.yaml changed by a command, line by line: comments and everything else stay as they are."""

from collections.abc import Sequence

import yaml

from stacks.errors import CdcError

BY_HAND = "change it by hand"


def added(text: str, items: Sequence[tuple[str, str]]) -> str:
    """The file's text with blocks at the ends of its lists: (list, block)."""
    lines = text.splitlines(keepends=True)
    for name, addition in sorted(items, key=lambda item: -end_of(text, item[0])):
        at = trimmed(lines, end_of(text, name))
        if not lines[at - 1].endswith("\n"):
            lines[at - 1] += "\n"
        lines.insert(at, addition)
    return "".join(lines)


def end_of(text: str, name: str) -> int:
    """The line after a list's last item. CdcError when the list is not written in lines of its own."""
    node = node_of(text, name)
    if node.flow_style or not node.value:
        raise CdcError(f"{name} in routes.yaml is not a list with an item a line", BY_HAND)
    return node.end_mark.line + (node.end_mark.column > 0)


def node_of(text: str, name: str) -> yaml.SequenceNode:
    """A top-level list of the file. CdcError when there is none."""
    root = yaml.compose(text, yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    found = next((value for key, value in pairs if key.value == name), None)
    if not isinstance(found, yaml.SequenceNode):
        raise CdcError(f"routes.yaml has no list {name}", BY_HAND)
    return found


def trimmed(lines: Sequence[str], end: int) -> int:
    """The line after an item: blank lines and comments before the next one are not its own."""
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end


def span_of(text: str, name: str, item: str) -> tuple[int, int] | None:
    """First line of an item of a list, and the line after it."""
    for node in node_of(text, name).value:
        if any(key.value == "name" and value.value == item for key, value in node.value):
            return node.start_mark.line, node.end_mark.line + (node.end_mark.column > 0)
    return None


def with_value(text: str, name: str, item: str, line: str) -> str:
    """The text with a line like `start: latest` in an item of a list, in place of an earlier one of its key."""
    span, lines = span_of(text, name, item), text.splitlines(keepends=True)
    if span is None or not lines[span[0]].lstrip().startswith("- "):
        raise CdcError(f"{item} in {name} of routes.yaml is not written line by line", f"{BY_HAND}: {line}")
    begin, end = span[0], trimmed(lines, span[1])
    indent = lines[begin].index("-") + 2
    key = line.partition(":")[0]
    kept = [one for one in lines[begin:end] if not one.startswith(f"{' ' * indent}{key}:")]
    return "".join([*lines[:begin], kept[0], f"{' ' * indent}{line}\n", *kept[1:], *lines[end:]])
