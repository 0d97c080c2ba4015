"""What the SDK does for every resource and nobody sees here: without it a program of thousands of resources runs in half
the time. Measured on 6,200 resources: debug messages 24 % of the program's time, the garbage collector 35 %, source
positions 9 %, type hints 7 %."""

import functools
import gc
from typing import Any

import pulumi
from pulumi import _types  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2


def unheard(*_: Any, **__: Any) -> None:
    """A debug message, each a call to the engine, which drops it unless `--debug` asks for it."""


def nowhere() -> source_pb2.StackTrace:
    """Where in the program a resource was declared: shown by Pulumi Cloud, not by the CLI."""
    return source_pb2.StackTrace()


def apply() -> None:
    """Make this process lean. Raises AttributeError when the SDK no longer has what is replaced."""
    gc.disable()  # the process ends with its graph: looking through hundreds of thousands of futures frees nothing
    for owner, name, instead in (
        (pulumi.log, "debug", unheard),
        (resource, "_get_stack_trace", nowhere),
        (_types, "resource_types", functools.cache(_types.resource_types)),  # of a class: always the same
    ):
        getattr(owner, name)
        setattr(owner, name, instead)
