"""A recorded graph, applied in its order."""

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from plugins.aws.outputs import outputs
from tests.support.aws import data, functions, networks, watching
from tests.support.aws.given import Account, Made, Maker

MAKERS: dict[str, Maker] = {**networks.MAKERS, **data.MAKERS, **functions.MAKERS, **watching.MAKERS}


class Refused(AssertionError):
    """AWS took something otherwise than the program gives it."""


def ordered(resources: Mapping[str, Any]) -> Iterator[str]:
    """Names of the AWS resources, each after what it depends on, directly or through others."""
    edges = {name: one["dependencies"] for name, one in resources.items()}
    return (
        name
        for name in TopologicalSorter(edges).static_order()
        if resources.get(name, {}).get("type", "").startswith("aws:")
    )


def apply(resources: Mapping[str, Any], region: str) -> dict[str, Made]:
    """Make all. Refused with the resource's name, and for an input that nobody took."""
    account, made = Account(region), dict[str, Made]()
    for name in ordered(resources):
        token, inputs = resources[name]["type"].removeprefix("aws:"), resources[name]["inputs"]
        given = account.given(inputs)
        try:
            made[name] = one = MAKERS[token.partition(":")[0]](account, given)
        except (ClientError, ParamValidationError) as error:
            raise Refused(f"{name} ({token}): {error}") from error
        if given.left:
            raise Refused(f"{name} ({token}): nobody took {sorted(given.left)}")
        standing_in, filled_in = outputs(token, name, inputs, region)
        named = standing_in in inputs.values()  # what its name identifies stands for itself
        account.learn(flat(filled_in), flat(one.outputs))
        account.learn({} if named else {"id": standing_in}, {"id": one.id})
    return made


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts in lists of objects under a path of their own."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            found |= {f"{key}.{inner}": text for inner, text in value[0].items()}
        else:
            found[key] = value
    return found
