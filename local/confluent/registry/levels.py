"""How strictly a subject's versions must fit each other: `/config`. Apicurio keeps no level for a subject that is not there yet."""

import json
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from local.confluent import bodies
from local.confluent.context import Cloud
from local.confluent.errors import ApiError
from local.confluent.http import reply
from local.confluent.registry.apicurio import engine

LEVELS = (
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
    "NONE",
)


async def default_level(cloud: Cloud) -> None:
    """Confluent's global default is BACKWARD; Apicurio's is none."""
    await engine(cloud, "PUT", "/config", b'{"compatibility":"BACKWARD"}')


async def push_setting(cloud: Cloud, subject: str, setting: dict[str, Any]) -> None:
    """Give Apicurio the subject's level; before the subject exists it has nowhere to keep it."""
    content = json.dumps({"compatibility": setting["compatibilityLevel"]}).encode()
    await engine(cloud, "PUT", f"/config/{quote(subject, safe='')}", content)


async def setting_of(cloud: Cloud, subject: str, request: Request) -> Response:
    """/config/SUBJECT: PUT says `compatibility`, GET answers `compatibilityLevel`, 404 when there is none."""
    stored = cloud.store.get("subject-config", subject)
    if request.method == "PUT":
        sent = await bodies.read(request)
        level = sent.get("compatibility") or (stored or {}).get("compatibilityLevel") or "BACKWARD"
        if level not in LEVELS:
            raise ApiError(422, f"Invalid compatibility level {level!r}. Valid values are {', '.join(LEVELS)}", 42203)
        setting = {"compatibilityLevel": level, "compatibilityGroup": sent.get("compatibilityGroup", "")}
        setting |= {"normalize": bool(sent.get("normalize")), "alias": sent.get("alias", "")}
        await push_setting(cloud, subject, cloud.store.put("subject-config", subject, setting))
        return reply(sent)
    if stored is None:
        raise ApiError(404, f"Subject '{subject}' does not have subject-level compatibility configured", 40408)
    if request.method == "DELETE":
        cloud.store.delete("subject-config", subject)
        await engine(cloud, "DELETE", f"/config/{quote(subject, safe='')}")
        return reply(stored["compatibilityLevel"])
    return reply(stored)
