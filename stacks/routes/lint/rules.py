"""The lint's rules: id, severity, and what each looks for. docs/routes.md shows this table."""

from dataclasses import dataclass

from stacks.errors import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. Errors stop `pulumi up`; warnings and infos are for people."""

    severity: Severity
    about: str


# What the models find (stacks/files gives their errors these ids).
MODEL = {
    "unknown-key": "a key that the language does not have",
    "missing-key": "a key that must be there",
    "duplicate-key": "a key that stands twice",
    "not-yaml": "not UTF-8, not YAML 1.2, or larger or deeper than a file may be",
    "wrong-type": "a value of another type than the key takes",
    "not-allowed": "a word that is not one of the allowed ones",
    "name-form": "a name with characters that a topic, table or column cannot have",
    "length": "a text or list that is too long or too short",
    "range": "a number outside of its limits",
    "inconsistent": "parts of one entry that contradict each other",
}
OWN = {
    "duplicate-name": "two sources, routes or consumers of one name",
    "reserved-name": "a route or a consumer named like something that every stack has",
    "topics-collide": "topics that differ in `.` and `_` only",
    "topic-written-twice": "two writers of one topic",
    "topic-prefix": "a topic that statements may not write",
    "unknown-source": "a route of a source that does not exist",
    "unknown-route": "a consumer of a route that does not exist",
    "repeated-entry": "an entry that stands twice in a list",
    "shared-group": "two consumers in one group, or one whose group name begins with the other's",
    "no-key": "a source without a key column",
    "duplicate-column": "a column that stands twice",
    "table-captured-twice": "two sources of one table",
    "unknown-field": "a condition on a column that the source does not have",
    "undeclared-path": "a condition on a JSON path that the source does not declare",
    "type-mismatch": "a literal of another type than the field",
    "operator-type": "an operator that the field's type does not have",
    "bad-timestamp": "a time that is not UTC in the form 2026-01-31T10:00:00Z",
    "bad-uuid": "a uuid that no column has: capitals, other forms",
    "not-in-enum": "a value that the enum does not have",
    "number-too-long": "literals whose digits are more than an exact comparison keeps",
    "values-file": "a file of values that is missing, outside of the folder, or no list",
    "reversed-range": "a range whose end is before its beginning",
    "unknown-column": "a choice about a column that the source does not have",
    "key-changed": "a key column that is dropped, renamed or masked",
    "renamed-onto": "two columns of a record with one name",
    "mask-type": "a mask that the column's type cannot have",
    "chosen-twice": "a column that is dropped and also renamed or masked",
    "pii-untagged": "personal data on a topic that is not tagged pii",
    "toast": "a condition on a large column of updates or deletes that may not carry it",
    "example-value": "an example's value that no row can have: a number for a text, a text for a number",
    "example-field": "an example with a column that the source does not have",
    "expired": "a deprecated route after its date",
    "condition-too-large": "a condition that makes its statement longer than Flink takes",
    "source-too-large": "conditions of one source that are longer together than Flink takes in a statement",
    "contradiction": "a condition that no row can fulfil",
}
WARNINGS = {
    "deprecated": "a deprecated route before its date",
    "disabled-read": "a consumer of a route that takes no events",
    "retired-read": "a consumer of a route that is retired",
    "tag-unneeded": "a pii tag on records without personal data",
    "equal-routes": "two routes that take the same events",
    "shadowed": "a route all of whose events another route takes, too",
    "no-routes": "a source that no route reads",
}
INFOS = {"overlap": "two routes that share some of their events"}
RULES: dict[str, Rule] = {
    **{name: Rule("error", about) for name, about in {**MODEL, **OWN}.items()},
    **{name: Rule("warning", about) for name, about in WARNINGS.items()},
    **{name: Rule("info", about) for name, about in INFOS.items()},
}
