"""Regular expressions that mean the same in Java (Flink), in RE2 and in Python, and LIKE patterns.

A pattern is parsed by Python and written again from its tree, so that nothing of one engine's dialect gets through:
no look-around, no back-references, no flags, no repetition inside a repetition (it can take exponential time in Java).
`.` is any character but a newline, `$` is the very end, classes like `\\w` are ASCII.
"""

import re
from collections.abc import Iterator
from typing import Any

from stacks.routes import ambiguity

from re import _constants as ops  # pyright: ignore[reportAttributeAccessIssue]  # isort: skip
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]  # isort: skip

LIMIT = 500
CATEGORIES = {
    "CATEGORY_DIGIT": "0-9",
    "CATEGORY_WORD": "A-Za-z0-9_",
    "CATEGORY_SPACE": " \\t\\n\\x0B\\f\\r",
}
REFUSED = {
    "ASSERT": "look-around",
    "ASSERT_NOT": "look-around",
    "GROUPREF": "a back-reference",
    "GROUPREF_EXISTS": "a conditional group",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive repetition",
}


class BadPattern(ValueError):
    """The pattern is not in the subset; the message says which part."""


def checked(pattern: str) -> str:
    """The pattern itself. Raises BadPattern when it is not in the subset, or could take exponential time."""
    java(pattern)
    if found := ambiguity.problem(parsed(pattern)):
        raise BadPattern(found)
    return pattern


def java(pattern: str) -> str:
    """The pattern for Java and RE2."""
    return "".join(written(parsed(pattern), r"\z", inside=False))


def python(pattern: str) -> "re.Pattern[str]":
    """The pattern for Python's `search`."""
    return re.compile("".join(written(parsed(pattern), r"\Z", inside=False)))


def parsed(pattern: str) -> Any:
    """Python's parse tree."""
    if len(pattern) > LIMIT:
        raise BadPattern(f"longer than {LIMIT} characters")
    try:
        tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(str(error)) from error
    if tree.state.flags & ~re.UNICODE:
        raise BadPattern("flags are not supported: write [Aa] for both cases")
    return tree


def written(tree: Any, end: str, inside: bool) -> Iterator[str]:
    """The tree as text. `inside` is True within a repetition."""
    for op, argument in tree:
        yield from node(str(op), argument, end, inside)


def node(op: str, argument: Any, end: str, inside: bool) -> Iterator[str]:
    """One node as text."""
    if op in REFUSED:
        raise BadPattern(f"{REFUSED[op]} is not supported")
    match op:
        case "LITERAL":
            yield character(argument)
        case "NOT_LITERAL":
            yield f"[^{character(argument)}]"
        case "ANY":
            yield r"[^\n]"
        case "IN":
            yield char_class(argument)
        case "AT":
            yield anchor(argument, end)
        case "BRANCH":
            yield "(?:" + "|".join("".join(written(part, end, inside)) for part in argument[1]) + ")"
        case "SUBPATTERN":
            if argument[1] or argument[2]:
                raise BadPattern("flags are not supported: write [Aa] for both cases")
            yield "(?:" + "".join(written(argument[3], end, inside)) + ")"
        case "MAX_REPEAT" | "MIN_REPEAT":
            yield repetition(argument, op == "MIN_REPEAT", end, inside)
        case _:
            raise BadPattern(f"{op.lower()} is not supported")


def repetition(argument: Any, lazy: bool, end: str, inside: bool) -> str:
    """`(?:…){2,3}`. A bounded `?` may stand inside of another one; more could take exponential time."""
    low, high, body = argument
    unbounded = high == ops.MAXREPEAT
    if inside and (unbounded or high > 1):
        raise BadPattern("a repetition inside a repetition is not supported: it can take exponential time")
    if not unbounded and high > 1000:
        raise BadPattern("more than 1000 repetitions are not supported")
    text = "".join(written(body, end, inside or unbounded or high > 1))
    return f"(?:{text}){{{low},{'' if unbounded else high}}}" + ("?" if lazy else "")


def anchor(where: Any, end: str) -> str:
    """`^` and `$`."""
    if where == ops.AT_BEGINNING or where == ops.AT_BEGINNING_STRING:
        return "^"
    if where == ops.AT_END or where == ops.AT_END_STRING:
        return end
    raise BadPattern("\\b and \\B are not supported: they differ between engines")


def char_class(items: Any) -> str:
    """`[…]` without what engines read differently."""
    parts: list[str] = []
    negated = False
    for op, argument in items:
        name = str(op)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            parts.append(character(argument))
        elif name == "RANGE":
            parts.append(f"{character(argument[0])}-{character(argument[1])}")
        elif str(argument) in CATEGORIES:
            parts.append(CATEGORIES[str(argument)])
        elif len(items) == 1:
            return f"[^{CATEGORIES[str(argument).replace('_NOT', '')]}]"
        else:
            raise BadPattern("\\D, \\W and \\S inside of [] are not supported")
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def character(code: int) -> str:
    """A character that no engine takes for anything else."""
    text = chr(code)
    if code > 0xFFFF:
        raise BadPattern("characters beyond U+FFFF are not supported")
    if text.isascii():
        return text if text.isalnum() or text in " _" else f"\\x{code:02X}"
    return f"\\u{code:04X}"


def like_parts(pattern: str) -> list[tuple[str, bool]]:
    """A LIKE pattern's characters, and whether each is a wildcard. After a backslash `%`, `_` and a backslash stand for themselves.

    Raises BadPattern for a backslash before anything else.
    """
    parts: list[tuple[str, bool]] = []
    escaped = False
    for character in pattern:
        if escaped and character not in "%_\\":
            raise BadPattern(f"\\{character} means nothing: a backslash stands before %, _ or a backslash")
        if not escaped and character == "\\":
            escaped = True
            continue
        parts.append((character, not escaped and character in "%_"))
        escaped = False
    if escaped:
        raise BadPattern("ends in a single backslash: write two for one")
    return parts


def like(pattern: str) -> "re.Pattern[str]":
    """SQL's LIKE for Python's `fullmatch`: `%` is any text, `_` one character, but no line's end (as in Flink)."""
    wild = {"%": "[\\s\\S]*", "_": "[^\\n\\r\\x85\\u2028\\u2029]"}
    return re.compile("".join(wild[c] if special else re.escape(c) for c, special in like_parts(pattern)))
