"""Runs functions: the same handler code that Lambda runs, in this process, with the function's own environment."""

import importlib
import json
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.state import State
from local.environment import ROOT
from local.errors import LocalError

Handler = Callable[[Mapping[str, Any], object], Any]
sys.path.insert(0, str(ROOT / "functions"))


class Functions:
    """Handlers by function name, made when they are first called and again when their environment changes."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.made: dict[str, tuple[str, Handler]] = {}
        self.lock = threading.Lock()

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Call a function. Raises LocalError when there is no such function; what the handler raises passes through."""
        return self.handler(name)(event, None)

    def handler(self, name: str) -> Handler:
        """The function's handler."""
        found = self.state.get("lambda/function:Function", name)
        if found is None:
            raise LocalError(f"there is no function {name}")
        environment = self.environment(found["inputs"])
        key = json.dumps(environment, sort_keys=True)
        with self.lock:
            if name not in self.made or self.made[name][0] != key:
                module = importlib.import_module(found["inputs"]["handler"].rpartition(".")[0])
                self.made[name] = (key, module.make(environment))
            return self.made[name][1]

    def environment(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """The function's variables. There is no IAM here: a function that would sign in by token uses its proxy's secret.

        The local PostgreSQL listens on loopback without TLS.
        """
        variables = dict(inputs["environment"]["variables"])
        if variables.get("DATABASE_AUTH") == "iam":
            proxy = next(self.state.all("rds/proxy:Proxy"))
            variables["DATABASE_AUTH"] = "secret"
            variables["DATABASE_SECRET"] = proxy["inputs"]["auths"][0]["secretArn"]
            variables["DATABASE_PORT"] = str(self.state.proxy_port())
        return {**variables, "DATABASE_SSL_MODE": "disable"}
