"""The calls of Confluent's Schema Registry API that are served: everything else, however it is spelled, is not there."""

from collections.abc import Sequence

# Method and path, in the form of the API's reference.
SERVED = [
    "GET /subjects",
    "POST /subjects/{subject}", "DELETE /subjects/{subject}",
    "GET /subjects/{subject}/versions", "POST /subjects/{subject}/versions",
    "GET /subjects/{subject}/versions/{version}", "DELETE /subjects/{subject}/versions/{version}",
    "GET /subjects/{subject}/versions/{version}/schema",
    "GET /schemas", "GET /schemas/types",
    "GET /schemas/ids/{number}", "GET /schemas/ids/{number}/schema",
    "GET /schemas/ids/{number}/subjects", "GET /schemas/ids/{number}/versions",
    "GET /config", "PUT /config",
    "GET /config/{subject}", "PUT /config/{subject}", "DELETE /config/{subject}",
    "GET /mode", "PUT /mode", "GET /mode/{subject}", "PUT /mode/{subject}", "DELETE /mode/{subject}",
    "POST /compatibility/subjects/{subject}/versions", "POST /compatibility/subjects/{subject}/versions/{version}",
]  # fmt: skip
SHAPES = [(method, path.strip("/").split("/")) for method, path in (line.split(" ") for line in SERVED)]


def served(method: str, parts: Sequence[str]) -> bool:
    """Is the call one of these? A part that a path could climb with is no subject."""
    if any(part in (".", "..") or "\0" in part for part in parts):
        return False
    return any(method == known and len(shape) == len(parts) and all(map(fits, shape, parts)) for known, shape in SHAPES)


def fits(shape: str, part: str) -> bool:
    """Does a part of a path fit its place?"""
    match shape:
        case "{subject}":
            return True
        case "{version}":
            return part in ("latest", "-1") or part.isdecimal()
        case "{number}":
            return part.isdecimal()
        case _:
            return part == shape
