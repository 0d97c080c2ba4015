"""The control plane's way of making, reading and changing: one for all types, which control_types.py spells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plugins.confluentcloud.config import Config
from plugins.engine.errors import RestError, Taken, Unanswered
from plugins.engine.rest import until
from plugins.engine.values import Properties

Json = dict[str, Any]
ATTEMPTS = 3  # to make an object whose making was not answered


@dataclass(frozen=True, slots=True)
class Control:
    """A resource of the control plane.

    `send` makes the body of a POST, `receive` the state of an answer, `patch` the body of a PATCH (empty: nothing to
    send). `scoped`: reads and deletes name the environment. `doubles`: the service would make a second one of the same. `keeps`: inputs that the answer does not repeat.
    `named`: properties that no two objects share. An object of ours may be there that no state knows: an update was killed
    between the service's answer and the state. It is taken over instead of refused or made twice. `alike`: for what has a
    secret that is told once, the properties of one whose answer was lost: it is deleted, and another made. `inside`: the
    reference whose id stands in the path. `phase`: the one of what is ready. `settle`: the wait after making.
    """

    path: str
    send: Callable[[Properties], Json]
    receive: Callable[[Json], Properties]
    patch: Callable[[Properties, Properties], Json]
    scoped: bool = False
    doubles: bool = False
    keeps: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    inside: str = ""
    phase: str = "PROVISIONED"
    settle: Callable[[Config, Properties, Json], None] = lambda _config, _inputs, _made: None

    def at(self, state: Properties) -> str:
        """Where objects like this one are."""
        return self.path.format(state[self.inside]["id"]) if self.inside else self.path

    def params(self, state: Properties) -> dict[str, str] | None:
        return {"environment": state["environment"]["id"]} if self.scoped else None

    def state(self, answer: Json, inputs: Properties) -> Properties:
        return {**{key: inputs[key] for key in self.keeps if key in inputs}, **self.receive(answer)}

    def create(self, config: Config, inputs: Properties) -> tuple[str, Properties]:
        made = (self.known(config, inputs) if self.scoped or self.doubles else None) or self.make(config, inputs)
        identity = made["id"]
        answer = self.ready(config, identity, inputs)
        self.settle(config, inputs, made)
        once = {"secret": made["spec"]["secret"]} if self.path.endswith("api-keys") else {}
        return identity, {**self.state(answer, inputs), **once}

    def make(self, config: Config, inputs: Properties) -> Json:
        """The new object; after a lost answer the one that was made, or another in place of one whose secret nobody knows."""
        before = {one["id"] for one in self.listed(config, inputs)} if self.alike else set[str]()
        lost: Unanswered | None = None
        for _ in range(ATTEMPTS):
            try:
                return config.cloud.make(self.at(inputs), self.send(inputs))
            except Taken:
                if found := self.known(config, inputs):
                    return found
                raise
            except Unanswered as error:
                lost = error
                if found := self.known(config, inputs):
                    return found
                for one in self.listed(config, inputs) if self.alike else ():
                    if one["id"] not in before and agree(self.receive(one), inputs, self.alike):
                        config.cloud.call("DELETE", f"{self.at(inputs)}/{one['id']}")
        raise lost or RestError(f"{self.path}: nothing was made")

    def listed(self, config: Config, inputs: Properties) -> list[Json]:
        """The first hundred that are there."""
        return config.cloud.call("GET", self.at(inputs), params={**(self.params(inputs) or {}), "page_size": "100"})[
            "data"
        ]

    def known(self, config: Config, inputs: Properties) -> Json | None:
        """The object that is there as it is wanted, with all that cannot be changed; None when there is none."""
        found = self.listed(config, inputs) if self.named else []
        return next((one for one in found if agree(self.receive(one), inputs, self.named)), None)

    def ready(self, config: Config, identity: str, inputs: Properties) -> Json:
        """Wait until the object is provisioned."""

        def phase(answer: Json) -> bool:
            found = (answer.get("status") or {}).get("phase", self.phase)
            if found not in ("PROVISIONING", self.phase):
                raise RestError(f"{self.path}/{identity} is {found}")
            return found == self.phase

        return until(
            lambda: config.cloud.call("GET", f"{self.at(inputs)}/{identity}", params=self.params(inputs)),
            phase,
            identity,
        )

    def read(self, config: Config, identity: str, state: Properties) -> Properties:
        params = self.params(state) if not self.scoped or "environment" in state else None
        answer = config.cloud.call("GET", f"{self.at(state)}/{identity}", params=params)
        return {**{key: state[key] for key in ("secret",) if key in state}, **self.state(answer, state)}

    def update(self, config: Config, identity: str, old: Properties, new: Properties) -> Properties:
        if body := self.patch(old, new):
            config.cloud.call("PATCH", f"{self.at(old)}/{identity}", body)
        return self.read(config, identity, {**old, **new})

    def delete(self, config: Config, identity: str, state: Properties) -> None:
        config.cloud.call("DELETE", f"{self.at(state)}/{identity}", params=self.params(state))


def agree(state: Properties, inputs: Properties, names: tuple[str, ...]) -> bool:
    """Do all of these properties agree?"""
    return all(state.get(name) == inputs.get(name) for name in names)
