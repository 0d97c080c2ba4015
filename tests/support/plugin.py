"""The Pulumi engine's calls to a bundled plugin, without an engine."""

from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2

from plugins.engine.package import Package
from plugins.engine.servicer import Provider
from plugins.engine.values import Properties, decode, encode


class Refused(Exception):
    """The plugin ended a call. `metadata` is what it sent along."""

    def __init__(self, code: grpc.StatusCode, text: str, metadata: Any = None) -> None:
        super().__init__(text)
        self.code, self.metadata = code, metadata


class Context:
    """What a call may do besides answering."""

    metadata: Any = None

    def abort(self, code: grpc.StatusCode, text: str) -> NoReturn:
        raise Refused(code, text, self.metadata)

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.metadata = metadata


class Engine:
    """One provider instance, and the state of what it made."""

    def __init__(self, package: Package, config: Properties) -> None:
        self.provider = Provider(package)
        self.call("Configure", provider_pb2.ConfigureRequest(args=encode(config)))

    def call(self, method: str, request: Any) -> Any:
        return getattr(self.provider, method)(request, Context())

    def check(self, urn: str, inputs: Properties, old: Properties | None = None) -> tuple[Properties, list[str]]:
        request = provider_pb2.CheckRequest(urn=urn, olds=encode(old or {}), news=encode(inputs))
        answer = self.call("Check", request)
        return decode(answer.inputs), [failure.reason for failure in answer.failures]

    def create(self, urn: str, inputs: Properties, preview: bool = False) -> tuple[str, Properties]:
        """Check, then create: id and state."""
        checked, failures = self.check(urn, inputs)
        assert failures == []
        request = provider_pb2.CreateRequest(urn=urn, properties=encode(checked), preview=preview)
        answer = self.call("Create", request)
        return answer.id, decode(answer.properties)

    def read(self, urn: str, identity: str, state: Properties) -> Properties | None:
        """The present state; None when it is gone."""
        answer = self.call("Read", provider_pb2.ReadRequest(id=identity, urn=urn, properties=encode(state)))
        return decode(answer.properties) if answer.id else None

    def diff(self, urn: str, identity: str, state: Properties, inputs: Properties) -> tuple[list[str], list[str]]:
        """Paths that change, and properties that replace."""
        request = provider_pb2.DiffRequest(
            id=identity, urn=urn, olds=encode(state), old_inputs=encode(inputs), news=encode(inputs)
        )
        answer = self.call("Diff", request)
        return sorted(answer.detailedDiff), list(answer.replaces)

    def update(self, urn: str, identity: str, state: Properties, inputs: Properties) -> Properties:
        request = provider_pb2.UpdateRequest(id=identity, urn=urn, olds=encode(state), news=encode(inputs))
        return decode(self.call("Update", request).properties)

    def delete(self, urn: str, identity: str, state: Properties) -> None:
        self.call("Delete", provider_pb2.DeleteRequest(id=identity, urn=urn, properties=encode(state)))

    def invoke(self, token: str, arguments: Properties) -> Properties:
        answer = self.call("Invoke", provider_pb2.InvokeRequest(tok=token, args=encode(arguments)))
        return decode(getattr(answer, "return"))


def urn(kind: str, name: str = "x") -> str:
    token = f"{kind[0].lower()}{kind[1:]}"
    return f"urn:pulumi:s::p::confluentcloud:index/{token}:{kind}::{name}"
