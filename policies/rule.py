"""What a rule is, and how rules are declared: one line each where a property says it all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from policies.graph import Graph, Resource, looked_at_unknown


@dataclass(frozen=True, slots=True)
class Finding:
    """A resource that breaks a rule."""

    rule: str
    resource: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.rule} {self.resource}: {self.message} - {self.fix}"


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` yields (resource, what is wrong). `prod`: only for environments that are protected."""

    id: str
    title: str
    fix: str
    check: Callable[[Graph], Iterable[tuple[str, str]]]
    prod: bool = False

    def findings(self, graph: Graph) -> Iterator[Finding]:
        """What breaks this rule."""
        if self.prod and not graph.protected:
            return
        for resource, message in self.check(graph):
            yield Finding(self.id, resource, message, self.fix)


def decided(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Findings that rest on what is known.

    A preview on new accounts knows little: keys, addresses, whole maps come with the `up`, whose end is checked again. What was
    found, or could not be evaluated, after looking at such a value is not decided yet. An error without one is a bug of the rule.
    """
    each_one = iter(found)
    looked_at_unknown.set(False)
    while True:
        try:
            one = next(each_one)
        except StopIteration:
            return
        except (AttributeError, TypeError, ValueError, LookupError):
            if not looked_at_unknown.get():
                raise
            return
        if not looked_at_unknown.get():
            yield one


Fine = Callable[[Resource], bool]


def each(id: str, kind: str, title: str, fix: str, fine: Fine) -> Rule:
    """A rule that every resource of a type (`aws:rds/cluster`) keeps by itself."""
    package, _, name = kind.partition(":")

    def check(graph: Graph) -> Iterator[tuple[str, str]]:
        for resource in graph.of(package, name):
            yield from decided(broken(resource))

    def broken(resource: Resource) -> Iterator[tuple[str, str]]:
        if not fine(resource):
            yield resource.name, f"breaks “{title}”"

    return Rule(id, title, fix, check)


def aws(id: str, kind: str, title: str, fix: str, fine: Fine) -> Rule:
    """A rule for an AWS type."""
    return each(id, f"aws:{kind}", title, fix, fine)


def confluent(id: str, kind: str, title: str, fix: str, fine: Fine) -> Rule:
    """A rule for a Confluent type."""
    return each(id, f"confluentcloud:{kind}", title, fix, fine)


def whole(id: str, title: str, fix: str, check: Callable[[Graph], Iterable[tuple[str, str]]]) -> Rule:
    """A rule over the whole graph."""
    return Rule(id, title, fix, lambda graph: decided(check(graph)))


def prod(rule: Rule) -> Rule:
    """The rule, for environments that must not be lost."""
    return replace(rule, prod=True)
