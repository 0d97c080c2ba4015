"""What the program gives a resource, in the words of AWS's API. Nothing of it may be passed over."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

Values = dict[str, Any]


def pascal(value: Any) -> Any:
    """Names as AWS writes them: `maxIdleConnectionsPercent` is `MaxIdleConnectionsPercent`, at every depth."""
    if isinstance(value, Mapping):
        return {f"{key[0].upper()}{key[1:]}": pascal(inner) for key, inner in value.items()}
    return [pascal(one) for one in value] if isinstance(value, list) else value


class Given:
    """A resource's inputs; each is to be taken once."""

    def __init__(self, inputs: Values) -> None:
        self.left = dict(inputs)

    def take(self, name: str, default: Any = None) -> Any:
        """One of them, by Pulumi's name."""
        return self.left.pop(name, default)

    def rest(self, **names: str) -> Values:
        """All that are left, by the API's names. `names`: where it calls one otherwise."""
        found = {names.get(key, pascal({key: 0}).popitem()[0]): pascal(value) for key, value in self.left.items()}
        self.left.clear()
        return found


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that AWS made: its id, what it filled in (by Pulumi's names), what it was asked for, and how it describes it."""

    id: str
    outputs: Values = field(default_factory=dict[str, Any])
    asked: Values = field(default_factory=dict[str, Any])
    described: Callable[[], Values] | None = None

    def differs(self) -> dict[str, tuple[Any, Any]]:
        """What AWS describes otherwise than it was asked for: a second plan would show it. KeyError when nothing can be compared."""
        if self.described is None:
            return {}
        found = self.described()
        both = {key for key, value in self.asked.items() if key in found and not isinstance(value, list | dict)}
        if not both:
            raise KeyError(f"{self.id}: nothing of {sorted(self.asked)} is described, but {sorted(found)}")
        return {key: (self.asked[key], found[key]) for key in both if parsed(self.asked[key]) != parsed(found[key])}


def parsed(value: Any) -> Any:
    """A document in a text is what it says, not how it is written."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


class Account:
    """An account in one region. What the plan filled in as a stand-in is replaced by what this account gave."""

    def __init__(self, region: str) -> None:
        self.region, self.real = region, dict[str, str]()

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=self.region)  # type: ignore[call-overload]

    def given(self, inputs: Values) -> Given:
        """The inputs with this account's ids, ARNs and addresses."""
        text, known = json.dumps(inputs), sorted(self.real, key=len, reverse=True)
        if known:
            text = re.sub("|".join(map(re.escape, known)), lambda found: self.real[found[0]], text)
        return Given(json.loads(text))

    def learn(self, standing_in: Values, real: Values) -> None:
        """What stands for what."""
        for name, value in standing_in.items():
            other = real.get(name)
            if isinstance(value, str) and isinstance(other, str) and value != other:
                self.real[value] = other


Maker = Callable[[Account, Given], Made]
