"""Property values on Pulumi's wire: plain Python with one marker for what is not known yet."""

from typing import Any

from google.protobuf import json_format, struct_pb2

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
FILES = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")  # assets and archives


class Unknown:
    """A value that only an `up` will know."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()
Properties = dict[str, Any]


def decode(struct: struct_pb2.Struct) -> Properties:
    """A property map. The engine keeps secrets to itself: we do not say that we accept them."""
    return {key: plain(value) for key, value in json_format.MessageToDict(struct).items()}


def plain(value: Any) -> Any:
    """One value: unknowns as UNKNOWN, whole numbers as int (all numbers travel as floats)."""
    if value == UNKNOWN_TEXT:
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if value.get(SIGNATURE) in FILES:
            return value
        if SIGNATURE in value:
            return plain(value["value"]) if "value" in value else UNKNOWN
        return {key: plain(item) for key, item in value.items()}
    return value


def encode(properties: Properties) -> struct_pb2.Struct:
    """A property map for the wire. Nulls are left out, as the engine does."""
    struct = struct_pb2.Struct()
    struct.update({key: wire(value) for key, value in properties.items() if value is not None})
    return struct


def wire(value: Any) -> Any:
    """One value for the wire."""
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, list | tuple):
        return [wire(item) for item in value]
    if isinstance(value, dict):
        return {key: wire(item) for key, item in value.items() if item is not None}
    return value


def known(value: Any) -> bool:
    """Is there nothing unknown in a value?"""
    if isinstance(value, dict):
        return all(known(item) for item in value.values())
    if isinstance(value, list):
        return all(known(item) for item in value)
    return value is not UNKNOWN
