"""Lambda entry point (HTTP API, payload format 2.0): routes, status codes, bodies."""

import base64
import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from events_api import validation, values
from events_api.database import Away, Database, Duplicate, Unfit

MAX_BODY = 1_000_000  # bytes
MAX_BULK = 100
RETRY_AFTER = 5  # seconds
Answer = dict[str, Any]


class Refused(Exception):
    """A request that is answered without touching the database."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.body = status, {"success": False, "message": message, **more}


def reply(status: int, body: Mapping[str, Any]) -> Answer:
    """An answer of the HTTP API. 503 says when to come back."""
    headers = {"content-type": "application/json"}
    if status == 503:
        headers["retry-after"] = str(RETRY_AFTER)
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def parsed(event: Mapping[str, Any]) -> Any:
    """The JSON of the request's body. Raises Refused: 413 too large, 400 not JSON."""
    text = event.get("body") or ""
    try:
        raw = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except ValueError as error:
        raise Refused(400, f"the body cannot be read: {validation.cut(str(error))}") from error
    if len(raw) > MAX_BODY:
        raise Refused(413, f"the body has {len(raw)} bytes; at most {MAX_BODY} are allowed")
    try:
        return json.loads(raw, parse_constant=refuse)
    except RecursionError as error:
        raise Refused(400, f"the body is nested deeper than {values.MOST_DEPTH}") from error
    except ValueError as error:
        raise Refused(400, f"the body is not valid JSON: {validation.cut(str(error))}") from error


def refuse(constant: str) -> Any:
    """NaN and Infinity are not JSON."""
    raise ValueError(f"{constant} is not JSON")


class EventsApi:
    """Answers requests. One database connection per thread; safe to share between threads.

    `mode`: what is checked, `header` or `entities` (validation.py).
    """

    def __init__(self, database: Database, mode: str = "header") -> None:
        self.database, self.mode = database, mode
        self.routes = {
            "POST /api/v1/events": self.one,
            "POST /api/v1/events/bulk": self.bulk,
            "GET /api/v1/events/health": self.health,
        }

    def __call__(self, event: Mapping[str, Any], context: object = None) -> Answer:
        """One request."""
        http = event["requestContext"]["http"]
        route = self.routes.get(f"{http['method']} {event['rawPath'].rstrip('/')}")
        if route is None:
            return reply(404, {"success": False, "message": f"no such route; known: {', '.join(self.routes)}"})
        try:
            return route(event)
        except Refused as refused:
            return reply(refused.status, refused.body)

    def one(self, request: Mapping[str, Any]) -> Answer:
        """One event in one transaction."""
        status, body = self.store(parsed(request))
        return reply(status, body)

    def bulk(self, request: Mapping[str, Any]) -> Answer:
        """Up to MAX_BULK events, each in a transaction and with an answer of its own, in the order they were sent."""
        body = parsed(request)
        events = body.get("events") if isinstance(body, dict) else None
        if not isinstance(events, list) or not events:
            raise Refused(400, 'the body must be {"events": [...]} with at least one event')
        if len(events) > MAX_BULK:
            raise Refused(400, f"{len(events)} events; at most {MAX_BULK} are allowed")
        results: list[dict[str, Any]] = []
        for number, item in enumerate(events):
            # A database that is away is not tried a hundred times: the caller would never hear of it.
            lost = results and results[-1]["status"] == 503
            answer = unsaid(results[-1], item) if lost else self.stored(item)
            results.append({"index": number, **answer})
        good = sum(result["success"] for result in results)
        summary = {"success": good == len(results), "processedCount": good, "failedCount": len(results) - good}
        away = all(result["status"] == 503 for result in results)
        return reply(503 if away else 200, {**summary, "results": results})

    def stored(self, event: Any) -> dict[str, Any]:
        """An event's own answer in a bulk request."""
        status, body = self.store(event)
        return {"status": status, **body}

    def store(self, event: Any) -> tuple[int, dict[str, Any]]:
        """Status and body for one event: 200, 400 too deep, 409 duplicate, 422 not valid, 503 database away."""
        identity = validation.identity(event)
        try:
            problems = validation.problems(event, self.mode)
        except values.TooDeep:
            text = f"the event is nested deeper than {values.MOST_DEPTH}"
            return 400, {"success": False, "message": text, "eventId": identity}
        if problems:
            return 422, {"success": False, "message": "the event is not valid", "eventId": identity, "errors": problems}
        event = values.canonical(event)
        identity = validation.identity(event)
        try:
            self.database.write(event)
        except Unfit as error:
            errors = [validation.problem("", str(error))]
            return 422, {"success": False, "message": "the event is not valid", "eventId": identity, "errors": errors}
        except Duplicate:
            return 409, {"success": False, "message": "an event with this id exists already", "eventId": identity}
        except Away as error:
            return 503, {"success": False, "message": f"the database is away: {error}", "eventId": identity}
        return 200, {"success": True, "message": "the event was stored", "eventId": identity}

    def health(self, request: Mapping[str, Any]) -> Answer:
        """Can the database be reached?"""
        try:
            self.database.ping()
        except Away as error:
            return reply(503, {"status": "DOWN", "message": f"the database is away: {error}"})
        return reply(200, {"status": "UP"})


def unsaid(last: Mapping[str, Any], event: Any) -> dict[str, Any]:
    """The answer for an event after one that found the database away."""
    return {"status": 503, "success": False, "message": last["message"], "eventId": validation.identity(event)}


def make(environment: Mapping[str, str]) -> EventsApi:
    """The API for a function's environment."""
    return EventsApi(Database(environment), environment.get("VALIDATION", "header"))


@cache
def _api() -> EventsApi:
    return make(os.environ)


def handler(event: Mapping[str, Any], context: object) -> Answer:
    """What Lambda calls."""
    return _api()(event, context)
