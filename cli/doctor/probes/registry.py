"""The Schema Registry: what consumers decode by."""

from collections.abc import Iterator

from cli.doctor.facts import Facts
from cli.doctor.probe import Finding, Probe
from cli.doctor.probes.remedies import refreshed

AREA = "registry"


def subjects(facts: Facts) -> dict[str, int]:
    """Subject → the id of its schema, as the stack made it (0: not told)."""
    found: dict[str, int] = {}
    for route in facts.stack.contract.routes:
        found |= {route.key_subject: route.key_schema_id, route.value_subject: route.value_schema_id}
    return found


class SubjectsAreThere(Probe):
    """Every route's subjects exist."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for name in subjects(facts):
            if name not in facts.subjects:
                yield Finding(f"subject {name} is not there", "it was deleted behind Pulumi's back", refreshed(facts))


class SchemasAreTheStacks(Probe):
    """A subject's newest schema is the one that the stack registered: another one was not planned, and statements do not know it."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        for name, identity in subjects(facts).items():
            if name in facts.subjects and identity and (newest := facts.latest(name)) != identity:
                evidence = f"the newest schema of {name} is {newest}, the stack made {identity}"
                yield Finding(evidence, "somebody registered a schema by hand", refreshed(facts))


class SubjectsKeepTheirPromise(Probe):
    """Subjects are held to a compatibility."""

    area = AREA

    def look(self, facts: Facts) -> Iterator[Finding]:
        promised = {source.name: source.compatibility for source in facts.files[1].sources}
        for route in facts.stack.contract.routes:
            if promised.get(route.source) == "NONE" or route.value_subject not in facts.subjects:
                continue
            if facts.level(route.value_subject) == "NONE":
                evidence = f"{route.value_subject} takes any schema (compatibility NONE), its source promises {promised.get(route.source)}"
                yield Finding(evidence, "it was changed by hand", refreshed(facts))
