"""What a request may hold, before any handler looks at it: bounded in size and time, and of the types that the API has."""

import json
from typing import Any, cast

from starlette.requests import Request

from local import requests
from local.confluent.errors import ApiError

SIZE = 4 * 1024 * 1024
LONG = frozenset(("statement", "schema"))  # may have a megabyte; other texts a few thousand characters
TEXT, LARGE_TEXT = 16 * 1024, 1024 * 1024
TEXTS = frozenset((
    "display_name", "description", "name", "kind", "api_version", "id", "principal", "role_name", "crn_pattern", "topic_name",
    "compute_pool_id", "cloud", "region", "availability", "package", "schemaType", "compatibility", "compatibilityGroup", "alias",
    "subject", "type", "resource_type", "resource_name", "pattern_type", "host", "operation", "permission", "current_state",
    "issuer", "jwks_uri", "identity_claim", "filter", "domain", "resource_id", "vpc_endpoint_id", "vpc_endpoint_service_name",
    "typeName", "entityType", "entityName", *LONG,
))  # fmt: skip
INTEGERS = frozenset(("max_cfu", "partitions_count", "replication_factor", "max_ecku", "cku"))
FLAGS = frozenset(("stopped", "default_pool", "deletion_protection", "normalize", "validate_only"))
OBJECTS = frozenset((
    "spec", "config", "environment", "owner", "resource", "stream_governance_config", "network", "metadata", "notification_type",
    "target", "gateway", "private_link_attachment", "cluster", "entity",
))  # fmt: skip
MAPPINGS = frozenset(("properties",))
FREE = "attributes"
LISTS = frozenset(("configs", "references", "data", "offsets", "integrations"))


async def read(request: Request, objects: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The JSON object of a request. ApiError 400, 408 or 413 for what is none, does not come, or is too large.

    `objects`: places (`spec.cloud`) that hold an object in this request, whatever their name means elsewhere.
    """
    value = await decoded(request, b"{}")
    if not isinstance(value, dict):
        raise ApiError(400, "the body must be a JSON object")
    check(value, "", objects)
    return cast("dict[str, Any]", value)


async def read_list(request: Request) -> list[dict[str, Any]]:
    """The JSON list of objects of a request. ApiError as `read`."""
    value = await decoded(request, b"[]")
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in cast("list[Any]", value)):
        raise ApiError(400, "the body must be a JSON list of objects")
    check(value, "")
    return cast("list[dict[str, Any]]", value)


async def decoded(request: Request, empty: bytes) -> Any:
    """The JSON of a request; `empty` stands for no body. ApiError 400 for what is none."""
    raw = await taken(request)
    try:
        return json.loads(raw or empty)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"the body is not JSON: {type(error).__name__}: {str(error)[:200]}") from error


async def taken(request: Request) -> bytes:
    """The body, as long as it is small enough."""
    try:
        return await requests.body(request, SIZE)
    except requests.Unbounded as error:
        raise ApiError(error.status, str(error)) from error


def check(value: Any, place: str, objects: frozenset[str] = frozenset()) -> None:
    """Refuse known fields of another type, and texts that no store can hold."""
    if isinstance(value, dict):
        for name, inner in cast("dict[str, Any]", value).items():
            here = f"{place}.{name}".removeprefix(".")
            sound(name, here)
            if name == FREE:  # what stands in it has names of its own
                texts({key: text or "" for key, text in cast("dict[str, Any]", inner or {}).items()}, here)
            elif inner is not None:
                if here in objects:
                    expect(isinstance(inner, dict), here, "an object", inner)
                else:
                    typed(name, inner, here)
                check(inner, here, objects)
    elif isinstance(value, list):
        for number, inner in enumerate(cast("list[Any]", value)):
            check(inner, f"{place}[{number}]", objects)
    elif isinstance(value, str):
        sound(value, place)


def typed(name: str, value: Any, here: str) -> None:
    """A field by its name, which means the same everywhere in the API."""
    if name in TEXTS:
        expect(isinstance(value, str), here, "a text", value)
        limit = LARGE_TEXT if name in LONG else TEXT
        expect(len(value) <= limit, here, f"at most {limit:,} characters long", len(value))
    elif name in INTEGERS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        expect(whole and 0 <= value < 2**31, here, "a whole number below 2^31", value)
    elif name in FLAGS:
        expect(isinstance(value, bool), here, "true or false", value)
    elif here.endswith("resource.environment"):  # of an API key for Flink: the one that is not `{"id": …}`
        expect(isinstance(value, str), here, "a text", value)
    elif name in OBJECTS:
        expect(isinstance(value, dict), here, "an object", value)
    elif name in LISTS:
        objects = isinstance(value, list) and all(isinstance(one, dict) for one in cast("list[Any]", value))
        expect(objects, here, "a list of objects", value)
        if name == "configs":
            expect(all(one.get("name") for one in value), here, "a list of objects with names", value)
    elif name in MAPPINGS:
        texts(value, here)


def texts(value: Any, here: str) -> dict[str, str]:
    """An object of texts, as properties and a connector's configuration are. ApiError 400 for anything else."""
    plain = isinstance(value, dict) and all(isinstance(v, str) for v in cast("dict[str, Any]", value).values())
    expect(plain, here, "an object of texts", value)
    return value


def expect(holds: bool, here: str, wanted: str, value: Any) -> None:
    """ApiError 400 when it does not hold."""
    if not holds:
        raise ApiError(400, f"{here} must be {wanted}, got {json.dumps(value)[:80]}")


def sound(text: str, here: str) -> None:
    """No half surrogates, which UTF-8 cannot hold, and no U+0000."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ApiError(400, f"{here.encode(errors='replace').decode()[:80]} has characters that no text can have")
