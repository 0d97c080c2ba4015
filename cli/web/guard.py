"""Who may look: whoever has the token that the command printed, on this machine, from the console's own pages."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

Call = Callable[[Request], Awaitable[Response]]
HEADERS = {
    # Nothing from elsewhere, nothing inline, no frame around it.
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer a browser would call our own forms those of `null`
    "cache-control": "no-store",
}
LARGEST = 4096  # bytes of a form
OPEN = ("/static/", "/session")  # what somebody without a session may ask for


async def fields(request: Request) -> dict[str, str]:
    """A small form's fields. What is longer is cut, and then is not what it should be."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            break
    return dict(parse_qsl(body[:LARGEST].decode(errors="replace")))


@dataclass(frozen=True, slots=True)
class Guard:
    """`token` is shown once, in the address's fragment, which no server and no log sees; a session is a cookie."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def cookie(self) -> str:
        """Cookies do not tell ports apart: the name does."""
        return f"cdc-console-{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What this machine may be called."""
        return tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    def foreign(self, request: Request) -> bool:
        """Was it asked by another name, or does another site's page ask for a change?"""
        if request.headers.get("host") not in self.hosts:
            return True
        origin = request.headers.get("origin")
        return request.method != "GET" and origin not in [f"http://{host}" for host in self.hosts]

    def signed_in(self, request: Request) -> bool:
        """Has it the session's cookie?"""
        return hmac.compare_digest(request.cookies.get(self.cookie, "").encode(), self.session.encode())

    async def check(self, request: Request, call: Call) -> Response:
        """Middleware: refuse, or answer with the headers that keep the page to itself."""
        if self.foreign(request):
            answer: Response = PlainTextResponse("ask for 127.0.0.1, from the console's own page\n", 421)
        elif not self.signed_in(request) and not request.url.path.startswith(OPEN):
            answer = RedirectResponse("/session", 303) if request.method == "GET" else PlainTextResponse("", 401)
        else:
            answer = await call(request)
        answer.headers.update(HEADERS)
        return answer

    async def enter(self, request: Request) -> Response:
        """POST /session with the token: a cookie for this browser, or 403."""
        given = (await fields(request)).get("token", "")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            return PlainTextResponse("that is not the token that cdc console printed\n", 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, self.session, httponly=True, samesite="strict")
        return answer
