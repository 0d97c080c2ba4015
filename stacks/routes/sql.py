"""The one place where names, literals and conditions become Flink SQL. evaluate.py says the same in Python."""

from collections.abc import Sequence

from stacks.routes import regex
from stacks.routes.columns import Column, Family, Operand, operand
from stacks.routes.conditions import AllOf, AnyOf, Comparison, Condition, Not, Value
from stacks.routes.timestamps import TIMESTAMP, TIMESTAMP_WIDTH, instant

FLAT = 32  # operands of one AND or OR; the parser nests each further one a level deeper, until its stack is full
COMPARISONS = {"equals": "=", "not_equals": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def identifier(name: str) -> str:
    """A quoted SQL name. Flink on Confluent cannot escape a back-tick, so the models refuse it; this is the second lock."""
    if "`" in name:
        raise ValueError(f"a name cannot hold a back-tick: {name!r}")
    return f"`{name}`"


def literal(value: Value) -> str:
    """A typed SQL literal. A float is an approximate number (`1.5E0`), so that nothing is compared as a DECIMAL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = repr(value).upper()
        return text if "E" in text else f"{text}E0"
    return "'" + value.replace("'", "''") + "'"


def typed(value: Value, family: Family) -> str:
    """A literal of the family that it is compared with."""
    if family == "number" and not isinstance(value, bool | str):
        return literal(float(value))
    return literal(instant(value)) if family == "timestamp" and isinstance(value, str) else literal(value)


def expression(what: Operand) -> str:
    """What a comparison looks at. No value makes it fail: what is not of its type is NULL.

    A NaN is NULL, too: the planner turns `NOT (x > 1)` into `x <= 1`, which differ for it.
    """
    text = identifier(what.field)
    if what.path:
        text = f"JSON_VALUE({text}, {literal('lax ' + what.path)} NULL ON EMPTY NULL ON ERROR)"
    match what.family:
        case "number" if what.path or what.decimal:
            return f"TRY_CAST(REPLACE({text}, 'NaN', 'x') AS DOUBLE)"
        case "number":
            return f"CASE WHEN ABS({text}) >= 0E0 THEN {text} END"
        case "boolean" if what.path:
            return f"CASE {text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
        case "timestamp":
            digits = f"RPAD(REPLACE(REPLACE({text}, 'Z', ''), '.', ''), {TIMESTAMP_WIDTH}, '0')"
            return f"CASE WHEN REGEXP({text}, {literal(TIMESTAMP)}) THEN {digits} END"
        case _:
            return text


def joined(parts: Sequence[str], operator: str) -> str:
    """The parts with AND or OR between them; many become a balanced tree, since hundreds in a row overflow the parser."""
    if len(parts) <= FLAT:
        return f" {operator} ".join(parts)
    half = len(parts) // 2
    return f"({joined(parts[:half], operator)}) {operator} ({joined(parts[half:], operator)})"


def condition(columns: Sequence[Column], wanted: Condition) -> str:
    """The condition as a SQL expression, safe to put beside AND and OR."""
    match wanted:
        case AllOf(all=parts):
            return f"({joined([condition(columns, part) for part in parts], 'AND')})"
        case AnyOf(any=parts):
            return f"({joined([condition(columns, part) for part in parts], 'OR')})"
        case Not(not_=part):
            inner = condition(columns, part)
            return f"NOT {inner}" if isinstance(part, AllOf | AnyOf) else f"NOT ({inner})"
        case Comparison():
            return comparison(columns, wanted)


def comparison(columns: Sequence[Column], wanted: Comparison) -> str:
    """One comparison as SQL. The condition has passed the lint: its field exists, its values are of the field's type."""
    what = operand(list(columns), wanted.field, wanted.path)
    if what is None:
        raise ValueError(f"no such field: {wanted.field} {wanted.path or ''}")
    if wanted.operator == "exists":
        return f"JSON_EXISTS({identifier(what.field)}, {literal('lax ' + what.path)})"
    return compared(expression(what), wanted.operator, [typed(v, what.family) for v in wanted.values], wanted.values)


def compared(left: str, operator: str, values: list[str], plain: list[Value]) -> str:
    """A comparison of an expression with literals."""
    if operator in COMPARISONS:
        return f"{left} {COMPARISONS[operator]} {values[0]}"
    first = values[0] if values else ""
    match operator:
        case "in_":
            return f"{left} IN ({', '.join(values)})"
        case "not_in":
            return f"{left} NOT IN ({', '.join(values)})"
        case "between":
            return f"{left} BETWEEN {first} AND {values[1]}"
        case "matches":
            return f"REGEXP({left}, {literal(regex.java(str(plain[0])))})"
        case "like":
            return f"{left} LIKE {first}"
        case "starts_with":
            return f"LEFT({left}, {len(str(plain[0]))}) = {first}"
        case "contains":
            return f"POSITION({first} IN {left}) > 0"
        case "is_null":
            return f"{left} IS NULL"
        case "is_not_null":
            return f"{left} IS NOT NULL"
        case _:
            raise ValueError(f"no such operator: {operator}")
