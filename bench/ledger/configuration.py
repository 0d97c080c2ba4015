"""Configurations of routes, and the oracle: expected verdicts, sharing no code with the SQL generator or the evaluator."""

import random
from dataclasses import dataclass, field, replace
from typing import Any

from bench.ledger.table import OWN, Table

KINDS = ("order", "refund", "signup", "login", "shipment", "review")
PREFIX = "filtered-"


@dataclass(frozen=True, slots=True)
class Rule:
    """A route in the ledger's own words: these kinds, from an amount on, as created rows only or changed ones, too."""

    kinds: frozenset[str]
    least: float | None = None
    drops_saved_date: bool = False
    revision: int = 1

    def takes(self, kind: str, amount: float | None) -> bool:
        """The oracle. An event without an amount has none to compare."""
        if kind not in self.kinds:
            return False
        return self.least is None or (amount is not None and amount >= self.least)

    def document(self, name: str, table: Table) -> dict[str, Any]:
        """The same in routes.yaml's words."""
        when: dict[str, Any] = {"field": table.kind, "in": sorted(self.kinds)}
        if self.least is not None:
            when = {"all": [when, {"field": table.payload, "path": "$.amount", "gte": self.least}]}
        found: dict[str, Any] = {"name": name, "source": table.source, "topic": f"{PREFIX}{name}", "when": when}
        drop = [table.saved] if self.drops_saved_date else []
        return {**found, "columns": {"drop": drop, "revision": self.revision}}


@dataclass(frozen=True, slots=True)
class Configuration:
    """Every route by name. `gone`: topics that were deleted since, on which nothing is expected any more."""

    rules: dict[str, Rule] = field(default_factory=dict[str, Rule])
    gone: frozenset[str] = frozenset()
    table: Table = OWN

    def verdict(self, kind: str, amount: float | None) -> frozenset[str]:
        """The topics that an event belongs to; the unrouted one when there is no other."""
        taken = {f"{PREFIX}{name}" for name, rule in self.rules.items() if rule.takes(kind, amount)}
        return frozenset(taken or {self.table.unrouted}) - self.gone


def initial(table: Table = OWN) -> Configuration:
    """Four routes."""
    rules = {kind: Rule(frozenset({kind})) for kind in KINDS[:3]}
    return Configuration({**rules, "large": Rule(frozenset(KINDS), least=900)}, table=table)


def changed(before: Configuration, dice: random.Random, number: int) -> tuple[str, Configuration]:
    """One random change and what it is called."""
    rules = dict(before.rules)
    name = dice.choice(sorted(rules))
    kinds = frozenset(dice.sample(KINDS, dice.randint(1, 4)))
    what = dice.choice(["add", "remove", "kinds", "kinds", "amount", "columns"])
    if what == "add" or len(rules) < 3:
        name = f"new-{number}"
        rules[name] = Rule(kinds, dice.choice([None, 250.5, 500]))
        return f"add {name}", replace(before, rules=rules)
    if what == "remove" and name.startswith("new"):
        del rules[name]
        return f"remove {name}", replace(before, rules=rules)
    if what == "amount":
        other = dice.choice([value for value in (None, 100, 333.25, 900) if value != rules[name].least])
        rules[name] = replace(rules[name], least=other)
        return f"{name} from {other}", replace(before, rules=rules)
    if what == "columns":
        rule = rules[name]
        rules[name] = replace(rule, drops_saved_date=not rule.drops_saved_date, revision=rule.revision + 1)
        return f"{name}: {'without' if rules[name].drops_saved_date else 'with'} saved_date", replace(
            before, rules=rules
        )
    if kinds == rules[name].kinds:
        kinds = frozenset(KINDS) - kinds
    rules[name] = replace(rules[name], kinds=kinds)
    return f"{name} takes {len(kinds)} kinds", replace(before, rules=rules)
