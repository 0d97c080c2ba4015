"""Numbers that are texts (numeric columns, JSON): compared exactly, as DECIMALs, with a DOUBLE in front.

The two orders agree but for values that are one DOUBLE. So a comparison asks the DOUBLE first, and the DECIMAL only where that
decides nothing: whatever a value's size, no digit is lost, and the DECIMAL is of about the literal's size.
"""

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, InvalidOperation

DIGITS = 38  # of a DECIMAL
LITERAL_DIGITS = DIGITS - 1  # of all literals of a comparison together: one is left for a value that is a little larger
# What java.lang.Double.parseDouble takes.
JAVA_DOUBLE = re.compile(
    r"[\x00-\x20]*([+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?))[\x00-\x20]*", re.ASCII
)
# JSON may hold 1e-99999999, whose digits as a DECIMAL would keep an engine busy for seconds; this is as near to zero.
TINY, LEAST = "[eE]-[0-9]{4,}", "e-999"
CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)
Number = tuple[float, str]  # a DOUBLE, and the text that it is of


def decimal(value: str | float) -> Decimal:
    """A literal as it is written. Raises ValueError."""
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r:.60}") from error
    if not found.is_finite():
        raise ValueError(f"not a finite number: {value!r:.60}")
    return found


def sizes(values: Sequence[Decimal]) -> tuple[int, int]:
    """The most digits before and after the point."""
    before = max((max(value.adjusted() + 1, 1) for value in values), default=1)
    after = max((max(-int(value.normalize(CONTEXT).as_tuple().exponent), 0) for value in values), default=0)
    return before, after


def fits(values: Sequence[Decimal]) -> bool:
    """Can all literals of a comparison be told exactly?"""
    return sum(sizes(values)) <= LITERAL_DIGITS


def scale(values: Sequence[Decimal]) -> int:
    """Digits after the point of the DECIMAL that the literals and the value become."""
    return max(LITERAL_DIGITS - sizes(values)[0], 0)


def number(text: str | None) -> Number | None:
    """TRY_CAST(text AS DOUBLE), and the text, for where it decides nothing. None for NULL and NaN."""
    if text is None or (found := JAVA_DOUBLE.fullmatch(text)) is None or "NaN" in text:
        return None
    return float(found[1].rstrip("fFdD")), text


def rounded(text: str, after: int) -> Decimal | None:
    """TRY_CAST(text AS DECIMAL(38, after)): NULL when it has too many digits before the point."""
    try:
        found = CONTEXT.create_decimal(re.sub(TINY, LEAST, text.strip(" "))).quantize(
            Decimal(1).scaleb(-after), context=CONTEXT
        )
    except DecimalException:
        return None
    return found if found.adjusted() < DIGITS - after else None


def compares(operator: str, literals: Sequence[Decimal]) -> Callable[[Number], bool | None]:
    """A comparison as sql.py writes it. None where the DECIMAL is NULL and had to decide."""
    ordered = [(float(value), value) for value in literals]
    first, after = ordered[0], scale(literals)
    match operator:
        case "equals" | "in_":
            return lambda value: among(value, ordered, after)
        case "not_equals" | "not_in":
            return lambda value: opposite(among(value, ordered, after))
        case "gt":
            return lambda value: beyond(value, first, 1, after, or_equal=False)
        case "gte":
            return lambda value: beyond(value, first, 1, after, or_equal=True)
        case "lt":
            return lambda value: beyond(value, first, -1, after, or_equal=False)
        case "lte":
            return lambda value: beyond(value, first, -1, after, or_equal=True)
        case _:
            last = ordered[1]
            return lambda value: both(
                beyond(value, first, 1, after, or_equal=True), beyond(value, last, -1, after, or_equal=True)
            )


def among(value: Number, literals: Sequence[tuple[float, Decimal]], after: int) -> bool | None:
    """Is it one of them?"""
    if all(value[0] != near for near, _ in literals):
        return False
    found = rounded(value[1], after)
    return None if found is None else any(found == exact for _, exact in literals)


def beyond(value: Number, literal: tuple[float, Decimal], sign: int, after: int, or_equal: bool) -> bool | None:
    """Is it above (`sign` 1) or below (-1) a literal?"""
    near, text = value
    if near != literal[0]:
        return (near - literal[0]) * sign > 0
    if (exact := rounded(text, after)) is None:
        return None
    return (exact - literal[1]) * sign > 0 or (or_equal and exact == literal[1])


def opposite(verdict: bool | None) -> bool | None:
    """NOT."""
    return None if verdict is None else not verdict


def both(one: bool | None, other: bool | None) -> bool | None:
    """AND."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True
