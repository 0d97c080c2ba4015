"""A graph from what the Pulumi engine hands to a policy pack."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import StackValidationArgs
from pulumi_policy.proxy import UnknownValueError

from policies.graph import UNKNOWN, Graph, Resource


def value(found: Any) -> Any:
    """A property in plain data; what is not known yet is one text."""
    if isinstance(found, Mapping):
        return {key: entry(found, key) for key in found}
    if isinstance(found, Sequence) and not isinstance(found, str):
        return [entry(found, number) for number in range(len(found))]
    return int(found) if isinstance(found, float) and found.is_integer() else found


def entry(holder: Any, key: Any) -> Any:
    """One entry of a map or list; looking at an unknown one raises."""
    try:
        return value(holder[key])
    except UnknownValueError:
        return UNKNOWN


def from_engine(args: StackValidationArgs) -> tuple[Graph, dict[str, str]]:
    """The graph without the stack itself, and each resource's URN by name."""
    found: dict[str, Resource] = {}
    for r in args.resources:
        if r.resource_type == "pulumi:pulumi:Stack":
            continue
        props = value(r.props)
        if not props and r.resource_type.startswith("confluentcloud:"):
            continue  # a preview whose provider is not known yet (Flink's, before the first key) shows nothing of it
        found[r.name] = Resource(
            name=r.name,
            token=r.resource_type,
            props=props,
            protect=r.opts.protect,
            provider=r.provider.name if r.provider else "",
            parent=r.parent.name if r.parent else "",
            dependencies=frozenset(d.name for d in r.dependencies),
            references={name: [d.name for d in deps] for name, deps in r.property_dependencies.items()},
        )
    # The engine hands secrets over as they are: whether a value is one cannot be seen from here.
    return Graph(found, secrets_shown=False), {r.name: r.urn for r in args.resources}
