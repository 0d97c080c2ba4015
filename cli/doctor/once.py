"""A fact that many probes want at the same time: asked once, by the first one; the others wait for its answer, or its error."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

Owner = TypeVar("Owner")
Fact = TypeVar("Fact")
LOCK = threading.Lock()


class once(Generic[Owner, Fact]):
    """A property that is worked out once per object, also when its work fails.

    functools.cached_property lets each thread work it out (from Python 3.12 on), and again after an error.
    """

    def __init__(self, ask: Callable[[Owner], Fact]) -> None:
        self.ask, self.__doc__ = ask, ask.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, of: Owner, owner: type | None = None) -> Fact:
        answers: dict[str, Future[Any]] = of.__dict__.setdefault("answers", {})
        with LOCK:
            mine = self.name not in answers
            answer = answers.setdefault(self.name, Future())
        if mine:
            try:
                answer.set_result(self.ask(of))
            except BaseException as error:  # noqa: BLE001 - every waiting thread gets it
                answer.set_exception(error)
        return answer.result()
