"""How every command ends: expected errors as a message and an exit code, never a traceback."""

from collections.abc import Callable

from cli import console
from local.errors import LocalError
from stacks.errors import CdcError


def finish(work: Callable[[], int]) -> None:
    """Run a command's work and exit with its code."""
    try:
        code = work()
    except (CdcError, LocalError) as error:
        console.exit_with(error)
    except KeyboardInterrupt:
        console.say("interrupted; the same command carries on where this one stopped")
        code = 130
    except BrokenPipeError:
        code = 0
    raise SystemExit(code)
