"""The gRPC service that the Pulumi engine talks to: one generic class over the declarations."""

import contextlib
import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from plugins.engine import check, diff, errors
from plugins.engine.errors import BadConfig, Failed, Gone, RestError
from plugins.engine.handler import Handler
from plugins.engine.package import Package
from plugins.engine.resource_type import ResourceType
from plugins.engine.values import UNKNOWN, Properties, decode, encode, known

T = TypeVar("T")
CHANGE_KINDS = {
    kind.name: kind.number for kind in provider_pb2.PropertyDiff.DESCRIPTOR.enum_types_by_name["Kind"].values
}


def plan_only() -> bool:
    """Previews without an account: nothing is asked, nothing can be made."""
    return os.environ.get("CDC_PLAN_ONLY") == "1"


def named(urn: str) -> tuple[str, str]:
    """Type token and resource name of a URN."""
    kind, name = urn.split("::", 3)[2:]
    return kind.split("$")[-1], name


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider instance. Calls run in threads; the only state is the configuration."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.config: Any = None

    # -- the plugin itself -------------------------------------------------------------------------------------------

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.package.version)

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return self.checked(decode(request.news), self.package.check_config(decode(request.news)))

    def DiffConfig(self, request: Any, context: Any) -> Any:
        old, new = decode(request.olds), decode(request.news)
        answer = provider_pb2.DiffResponse
        return answer(changes=answer.DIFF_SOME if old != new else answer.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        try:
            self.config = self.package.configure(decode(request.args))
        except BadConfig as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    # -- resources ---------------------------------------------------------------------------------------------------

    def Check(self, request: Any, context: Any) -> Any:
        kind, name = self.kind(request.urn, context)
        inputs, failures = check.check(kind, name, decode(request.olds), decode(request.news))
        return self.checked(inputs, failures)

    def checked(self, inputs: Properties, failures: list[str]) -> Any:
        found = [provider_pb2.CheckFailure(reason=reason) for reason in failures]
        return provider_pb2.CheckResponse(inputs=encode(inputs), failures=found)

    def Diff(self, request: Any, context: Any) -> Any:
        kind, _ = self.kind(request.urn, context)
        key = self.package.key(named(request.urn)[0])
        before = request.old_inputs if self.package.compares_inputs else request.olds
        old, new = decode(before), decode(request.news)
        for path in request.ignoreChanges:
            forget(path, old, new)
        change = self.guarded(
            context, lambda: self.package.special(key, request.id, old, new, diff.diff(kind, old, new))
        )
        if not plan_only():
            self.guarded(context, lambda: self.package.refine(key, old, new, change))
        return self.difference(kind, change)

    def difference(self, kind: ResourceType, change: diff.Change) -> Any:
        answer = provider_pb2.DiffResponse
        detail = {
            path: provider_pb2.PropertyDiff(kind=cast(Any, CHANGE_KINDS[what])) for path, what in change.detail.items()
        }
        return answer(
            changes=answer.DIFF_SOME if detail else answer.DIFF_NONE,
            replaces=change.replaces,
            diffs=sorted({path.split(".")[0].split("[")[0] for path in detail}),
            detailedDiff=detail,
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(change.replaces) and kind.delete_first,
        )

    def Create(self, request: Any, context: Any) -> Any:
        kind, _ = self.kind(request.urn, context)
        inputs = decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(self.planned(kind, inputs)))
        api = self.handler(request.urn)
        identity, state = self.guarded(context, lambda: api.create(self.config, inputs))
        return provider_pb2.CreateResponse(id=identity, properties=encode({**inputs, **state}))

    def planned(self, kind: ResourceType, inputs: Properties) -> Properties:
        """The outputs of a preview: what the service fills in is not known yet."""
        unknown = {key: UNKNOWN for key, field in kind.fields.items() if field.computed and key not in inputs}
        return {**inputs, **unknown}

    def Read(self, request: Any, context: Any) -> Any:
        api = self.handler(request.urn)
        state, inputs = decode(request.properties), decode(request.inputs)
        try:
            found = self.guarded(context, lambda: api.read(self.config, request.id, state), may_be_gone=True)
        except Gone:
            return provider_pb2.ReadResponse()
        kind, _ = self.kind(request.urn, context)
        wanted = inputs or {k: v for k, v in found.items() if k in kind.fields and not kind.fields[k].output}
        same = self.package.compares_inputs
        current = {key: value if same else found.get(key, value) for key, value in wanted.items()}
        return provider_pb2.ReadResponse(id=request.id, properties=encode({**state, **found}), inputs=encode(current))

    def Update(self, request: Any, context: Any) -> Any:
        kind, _ = self.kind(request.urn, context)
        old, new = decode(request.olds), decode(request.news)
        outputs = {key: old[key] for key, field in kind.fields.items() if field.output and key in old}
        if request.preview:
            return provider_pb2.UpdateResponse(properties=encode({**outputs, **new}))
        api = self.handler(request.urn)
        state = self.guarded(context, lambda: api.update(self.config, request.id, old, new))
        return provider_pb2.UpdateResponse(properties=encode({**outputs, **new, **state}))

    def Delete(self, request: Any, context: Any) -> Any:
        """What is gone is deleted: an update that was interrupted between the service's answer and the state goes on."""
        api = self.handler(request.urn)
        with contextlib.suppress(Gone):
            self.guarded(
                context, lambda: api.delete(self.config, request.id, decode(request.properties)), may_be_gone=True
            )
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        arguments = decode(request.args)
        if request.tok not in self.package.invokes:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the bundled plugin has no function {request.tok}")
        if plan_only():
            answer = self.guarded(context, lambda: self.package.planned(request.tok, arguments))
        else:
            answer = self.guarded(context, lambda: self.package.invokes[request.tok](self.config, arguments))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(answer))  # a field that is named like a keyword
        return response

    # -- errors ------------------------------------------------------------------------------------------------------

    def kind(self, urn: str, context: Any) -> tuple[ResourceType, str]:
        """The declaration and the name of a resource; unknown types end the call."""
        token, name = named(urn)
        key = self.package.key(token)
        if key not in self.package.resource_types:
            text = f"the bundled plugin has no resource type {token}: use --plugin stock"
            context.abort(grpc.StatusCode.UNIMPLEMENTED, text)
        return self.package.resource_types[key], name

    def handler(self, urn: str) -> Handler:
        """What makes and changes a resource of this type."""
        return self.package.handlers[self.package.key(named(urn)[0])]

    def guarded(self, context: Any, work: Callable[[], T], may_be_gone: bool = False) -> T:
        """Run, and turn what the service refuses into an error that the engine shows as one line."""
        try:
            return work()
        except Failed as error:
            self.half_made(context, error)
        except Gone as error:
            if may_be_gone:
                raise
            context.abort(grpc.StatusCode.NOT_FOUND, f"404 Not Found: {error}")
        except (RestError, errors.Refused) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        raise AssertionError("abort always raises")

    def half_made(self, context: Any, error: Failed) -> None:
        """The object exists but failed: the engine keeps it in the state and repairs it later."""
        state = {k: v for k, v in error.state.items() if known(v)}
        detail = provider_pb2.ErrorResourceInitFailed(
            id=error.identity, properties=encode(state), inputs=encode(state), reasons=[str(error)]
        )
        packed = any_pb2.Any()
        packed.Pack(detail)
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[packed])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def forget(path: str, old: Properties, new: Properties) -> None:
    """Make an ignored path equal on both sides (the engine does this for most of them already)."""
    top, _, rest = path.partition("[")
    inner = rest.strip('"]')
    if inner and isinstance(new.get(top), dict) and isinstance(old.get(top), dict):
        new[top].pop(inner, None)
        old[top].pop(inner, None)
