"""Patterns whose search can take exponential time: one text that a repetition can take apart in several ways.

Backtracking engines (Java's among them) try all of these ways before they give up. A pattern passes when each step inside of a
repetition is decided by the next character: alternatives begin with different ones, and what is optional begins with another one
than what may follow. Aho, Sethi, Ullman call such grammars LL(1).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from re import _constants as ops  # pyright: ignore[reportAttributeAccessIssue]  # isort: skip

LAST = 0x10FFFF
UNBOUNDED = 5  # repetitions without an end in one pattern: each further one multiplies the time by the text's length
Range = tuple[int, int]
CATEGORIES: dict[str, list[Range]] = {
    "DIGIT": [(48, 57)],
    "WORD": [(48, 57), (65, 90), (95, 95), (97, 122)],
    "SPACE": [(9, 13), (32, 32)],
}


def problem(tree: Any) -> str:
    """What is ambiguous about a parsed pattern; empty when nothing is."""
    if unbounded(tree) > UNBOUNDED:
        return f"more than {UNBOUNDED} repetitions without an end: a search could take very long"
    return steps(list(tree), False, [])


def unbounded(tree: Any) -> int:
    """How many repetitions have no end."""
    count = 0
    for op, argument in tree:
        for inner in parts(str(op), argument):
            count += unbounded(inner)
        count += str(op) in ("MAX_REPEAT", "MIN_REPEAT") and argument[1] == ops.MAXREPEAT
    return count


def parts(op: str, argument: Any) -> list[Any]:
    """The sequences inside of a node."""
    match op:
        case "BRANCH":
            return list(argument[1])
        case "SUBPATTERN":
            return [argument[3]]
        case "MAX_REPEAT" | "MIN_REPEAT":
            return [argument[2]]
        case _:
            return []


def steps(sequence: Sequence[Any], inside: bool, after: list[Range]) -> str:
    """What is ambiguous in a sequence. `after`: characters that may follow it; `inside` of a repetition."""
    for number, (op, argument) in enumerate(sequence):
        following, passes = first(sequence[number + 1 :])
        follow = following + (after if passes else [])
        if found := step(str(op), argument, inside, follow):
            return found
    return ""


def step(op: str, argument: Any, inside: bool, follow: list[Range]) -> str:
    """What is ambiguous in one node, and in what is inside of it."""
    if op == "BRANCH":
        branches = [first(branch) for branch in argument[1]]
        if inside and (any(empty for _, empty in branches) or overlapping([ranges for ranges, _ in branches])):
            return "alternatives inside of a repetition must begin with different characters"
        return next(filter(None, (steps(list(branch), inside, follow) for branch in argument[1])), "")
    if op == "SUBPATTERN":
        return steps(list(argument[3]), inside, follow)
    if op not in ("MAX_REPEAT", "MIN_REPEAT"):
        return ""
    low, high, body = argument
    begins, empty = first(body)
    repeats = high == ops.MAXREPEAT or high > 1
    if repeats and empty:
        return "what is repeated must not be empty"
    if inside and low != high and overlapping([begins, follow]):
        return "what is optional inside of a repetition must begin with another character than what follows"
    return steps(list(body), inside or repeats, follow + (begins if repeats else []))


def first(sequence: Iterable[Any]) -> tuple[list[Range], bool]:
    """Characters that a sequence may begin with, and whether it may be empty."""
    found: list[Range] = []
    for op, argument in sequence:
        ranges, empty = beginning(str(op), argument)
        found += ranges
        if not empty:
            return found, False
    return found, True


def beginning(op: str, argument: Any) -> tuple[list[Range], bool]:
    """The same of one node."""
    match op:
        case "LITERAL":
            return [(argument, argument)], False
        case "NOT_LITERAL":
            return others([(argument, argument)]), False
        case "ANY":
            return others([(10, 10)]), False
        case "IN":
            return members(argument), False
        case "BRANCH":
            inner = [first(branch) for branch in argument[1]]
            return [r for ranges, _ in inner for r in ranges], any(empty for _, empty in inner)
        case "SUBPATTERN":
            return first(argument[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            ranges, empty = first(argument[2])
            return ranges, empty or argument[0] == 0
        case _:
            return [], True  # an anchor takes no character


def members(items: Any) -> list[Range]:
    """A class's characters."""
    found: list[Range] = []
    for op, argument in items:
        match str(op):
            case "LITERAL":
                found.append((argument, argument))
            case "RANGE":
                found.append(argument)
            case "CATEGORY":
                name = str(argument).removeprefix("CATEGORY_")
                known = CATEGORIES[name.removeprefix("NOT_")]
                found += others(known) if name.startswith("NOT_") else known
            case _:
                pass
    return others(found) if items and str(items[0][0]) == "NEGATE" else found


def others(ranges: Iterable[Range]) -> list[Range]:
    """All characters that are in none of the ranges."""
    found: list[Range] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return [*found, (start, LAST)] if start <= LAST else found


def overlapping(sets: Sequence[Sequence[Range]]) -> bool:
    """Do two of the sets have a character in common?"""
    marked = sorted((low, high, number) for number, ranges in enumerate(sets) for low, high in ranges)
    for index, (_, high, number) in enumerate(marked):
        for low, _, other in marked[index + 1 :]:
            if low > high:
                break
            if other != number:
                return True
    return False
