"""What people see: progress that is calm, tables that fit, errors without tracebacks. Data goes to standard output."""

import errno
import json
import re
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.errors import LocalError
from stacks.errors import CdcError, InvalidFiles

WIDTH = 100
BAD_INPUT, FAILED, NOT_RUNNING = 2, 1, 3
# What is wrong with this machine, not with us: a message, not a traceback.
ENVIRONMENT = {
    errno.ENOSPC: "make room; the same command carries on where this one stopped",
    errno.EDQUOT: "make room; the same command carries on where this one stopped",
    errno.EROFS: "choose a folder that can be written: CDC_HOME=/elsewhere ./cdc up",
    errno.EACCES: "does it belong to another user? choose another folder: CDC_HOME=/elsewhere ./cdc up",
    errno.EPERM: "does it belong to another user? choose another folder: CDC_HOME=/elsewhere ./cdc up",
    errno.ENOTDIR: "a file is where a folder must be: remove it, or choose another folder with CDC_HOME",
    errno.EEXIST: "a file is where a folder must be: remove it, or choose another folder with CDC_HOME",
}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Text without characters that a terminal obeys: they are shown as `\\x1b`. Line ends and tabs stay."""
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class SafeConsole(Console):
    """A console on which nobody's text does more than being read."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As rich's own, with texts made harmless."""
        super().print(*(harmless(one) if isinstance(one, str) else one for one in objects), **options)


# Colours and live lines only on a terminal: rich sees to it. A fixed width elsewhere keeps output the same everywhere.
notes = SafeConsole(
    stderr=True,
    width=None if sys.stderr.isatty() else WIDTH,
    highlight=False,
    soft_wrap=not sys.stderr.isatty(),
)
out = SafeConsole(width=min(WIDTH, Console().width) if sys.stdout.isatty() else WIDTH, highlight=False)


def say(text: str = "") -> None:
    """A line for the person, on standard error."""
    notes.print(text, markup=False)


def data(value: Any) -> None:
    """JSON for another program."""
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def size(value: float) -> str:
    """Bytes for people."""
    for unit in ("B", "KB", "MB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} GB"


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]], right: Iterable[str] = ()) -> None:
    """A table of at most 100 columns; `right` names the columns of numbers."""
    out.print(title, style="bold", markup=False)
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, justify="right" if column in set(right) else "left", overflow="fold")
    for row in rows:
        made.add_row(*(escape(harmless(str(cell))) for cell in row))
    out.print(made)


@contextmanager
def step(title: str) -> Generator[Callable[[str], None]]:
    """One step of work: a live line on a terminal, else a line at the end and one every ten seconds."""
    started = time.monotonic()
    last = [started, ""]

    if notes.is_terminal:
        with notes.status(f"{title} ...") as status:
            yield lambda text: status.update(f"{title}: {text} ({time.monotonic() - started:.0f} s)")
    else:

        def plain(text: str) -> None:
            if time.monotonic() - float(last[0]) > 10 and text != last[1]:
                say(f"  {title}: {text}")
                last[:] = [time.monotonic(), text]

        yield plain
    say(f"{'✔'} {title} ({time.monotonic() - started:.1f} s)")


def explain(error: BaseException) -> None:
    """Message and hint of an expected error."""
    message, hint = getattr(error, "message", str(error)), getattr(error, "hint", "")
    notes.print("error: ", style="bold red", end="")
    say(message)
    if hint:
        say(f"hint: {hint}")


def exit_with(error: BaseException) -> NoReturn:
    """End the command: 2 for bad input, 1 for the rest."""
    explain(error)
    raise SystemExit(BAD_INPUT if isinstance(error, InvalidFiles) else getattr(error, "exit_code", FAILED))


def finish(work: Callable[[], int]) -> None:
    """How every command ends: with the exit code of its work; expected errors as a message, never a traceback."""
    try:
        code = work()
    except (CdcError, LocalError) as error:
        exit_with(error)
    except KeyboardInterrupt:
        say("interrupted; the same command carries on where this one stopped")
        code = 130
    except BrokenPipeError:
        code = 0
    except OSError as error:
        if error.errno not in ENVIRONMENT:
            raise
        exit_with(
            CdcError(f"{error.strerror}: {error.filename or 'a file of the environment'}", ENVIRONMENT[error.errno])
        )
    raise SystemExit(code)
