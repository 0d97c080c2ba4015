"""Templates and how values are written for people."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from cli.console import size

HERE = Path(__file__).parent
PAGES = (
    ("/", "Pipeline"),
    ("/connector", "Connector"),
    ("/topics", "Topics"),
    ("/statements", "Statements"),
    ("/consumers", "Consumers"),
    ("/dead-letters", "Dead letters"),
)


def number(value: float | None) -> str:
    """With groups of digits; a dash for what is not known."""
    return "–" if value is None else f"{value:,.0f}"


def rate(value: float | None) -> str:
    """Per second."""
    return "–" if value is None else f"{value:,.1f}/s"


def age(seconds: float | None) -> str:
    """A span of time."""
    if seconds is None:
        return "–"
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def clock(milliseconds: float) -> str:
    """A time of Kafka's, UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(milliseconds / 1000)) + " UTC"


def document(value: Any) -> str:
    """A decoded record."""
    return json.dumps(
        value, indent=2, ensure_ascii=False, default=lambda b: b.hex() if isinstance(b, bytes) else str(b)
    )


def sparkline(points: Iterable[tuple[float, float]], width: int = 240, height: int = 36) -> str:
    """Points of an SVG polyline: the last hour from left to right, 0 at the bottom."""
    known = list(points)
    if not known:
        return ""
    end, most = known[-1][0], max(1.0, *(value for _, value in known))
    return " ".join(
        f"{width - (end - at) / 3600 * width:.1f},{height - 2 - value / most * (height - 4):.1f}" for at, value in known
    )


def environment() -> Environment:
    """Everything is escaped; a name that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = {"size": size, "number": number, "rate": rate, "age": age, "clock": clock, "document": document}
    made.filters |= {**filters, "sparkline": sparkline}
    return made


TEMPLATES = environment()


def page(template: str, code: int = 200, **values: Any) -> HTMLResponse:
    """A template as an answer."""
    return HTMLResponse(TEMPLATES.get_template(f"{template}.html.jinja").render(pages=PAGES, **values), code)
