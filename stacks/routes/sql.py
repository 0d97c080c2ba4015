"""The one place where names, literals and conditions become Flink SQL. evaluate.py says the same in Python."""

from collections.abc import Sequence

from stacks.routes import calendar, numbers, regex
from stacks.routes.columns import Column, Operand, operand
from stacks.routes.conditions import AllOf, AnyOf, Comparison, Condition, Not, Value
from stacks.routes.timestamps import TIMESTAMP, TIMESTAMP_WIDTH, instant

FLAT = 32  # operands of one AND or OR; the parser nests each further one a level deeper, until its stack is full
LARGEST = "1.7976931348623157E308"
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


def typed(value: Value, what: Operand) -> str:
    """A literal of the family that it is compared with."""
    match what.family:
        case "number":
            return literal(float(value))
        case "timestamp":
            return literal(instant(str(value)))
        case "date" | "time" | "local_timestamp":
            return literal(calendar.number(what.family, str(value), what.units))
        case _:
            return literal(value)


def place(what: Operand) -> str:
    """The column, or the text at a path of it."""
    name = identifier(what.field)
    return f"JSON_VALUE({name}, {literal('lax ' + what.path)} NULL ON EMPTY NULL ON ERROR)" if what.path else name


def expression(what: Operand) -> str:
    """What a comparison looks at. No value makes it fail: what is not of its type is NULL.

    A NaN is NULL, too: the planner turns `NOT (x > 1)` into `x <= 1`, which differ for it. So is an infinite number.
    """
    text = place(what)
    match what.family:
        case "number" if what.text:
            return f"TRY_CAST(REPLACE({text}, 'NaN', 'x') AS DOUBLE)"
        case "number":
            # As a DOUBLE: for a FLOAT, `=` widens the column and IN narrows the literals.
            return f"CASE WHEN ABS({text}) <= {LARGEST} THEN CAST({text} AS DOUBLE) END"
        case "boolean" if what.path:
            return f"CASE {text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
        case "timestamp":
            digits = f"RPAD(REPLACE(REPLACE({text}, 'Z', ''), '.', ''), {TIMESTAMP_WIDTH}, '0')"
            return f"CASE WHEN REGEXP({text}, {literal(TIMESTAMP)}) THEN {digits} END"
        case "date" | "local_timestamp":
            first, last = calendar.known(what.family, what.units)
            return f"CASE WHEN {text} BETWEEN {first} AND {last} THEN {text} END"
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
    if what.family == "number" and what.text and wanted.values:
        return exactly(what, wanted)
    if what.family == "list" and wanted.operator == "contains":
        return f"ARRAY_CONTAINS({identifier(what.field)}, {literal(wanted.values[0])})"
    return compared(expression(what), wanted.operator, [typed(v, what) for v in wanted.values], wanted.values)


def exactly(what: Operand, wanted: Comparison) -> str:
    """A comparison of numbers that are texts: by DOUBLE where that decides, else by DECIMAL (numbers.py).

    The DECIMALs are cast from texts: Flink takes no numeric literal of more than 19 digits.
    """
    values = [numbers.decimal(value) for value in wanted.values]
    kind = f"DECIMAL({numbers.DIGITS}, {numbers.scale(values)})"
    digits = f"REGEXP_REPLACE({place(what)}, '{numbers.TINY}', '{numbers.LEAST}')" if what.path else place(what)
    left, exact = expression(what), f"TRY_CAST({digits} AS {kind})"
    pairs = [(literal(float(value)), f"CAST('{value:f}' AS {kind})") for value in values]

    def beyond(operator: str, near: str, digits: str) -> str:
        strictly = operator[0]
        return f"({left} {strictly}= {near} AND ({left} {strictly} {near} OR {exact} {operator} {digits}))"

    match wanted.operator:
        case "between":
            return f"({beyond('>=', *pairs[0])} AND {beyond('<=', *pairs[1])})"
        case "gt" | "gte" | "lt" | "lte":
            return beyond(COMPARISONS[wanted.operator], *pairs[0])
        case operator:
            nears, digits = ([pair[n] for pair in pairs] for n in (0, 1))
            parts = compared(left, operator, nears, []), compared(exact, operator, digits, [])
            return f"({' OR '.join(parts) if operator.startswith('not') else ' AND '.join(parts)})"


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
            return like(left, str(plain[0]))
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


def like(left: str, pattern: str) -> str:
    """LIKE. Escapes get a character of their own: what a backslash alone means differs between versions of Flink."""
    if "\\" not in pattern:
        return f"{left} LIKE {literal(pattern)}"
    parts = regex.like_parts(pattern)
    text = "".join(part if special or part not in "%_!" else f"!{part}" for part, special in parts)
    return f"{left} LIKE {literal(text)} ESCAPE '!'"
