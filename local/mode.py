"""What an environment stands for: the stack `local`, or a rehearsal of another one's settings; as quick as it can be, or as late as the service."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from local.errors import LocalError

FILE = "mode.json"


@dataclass(frozen=True, slots=True)
class Mode:
    """`stack`: whose settings the local cloud serves. `realistic`: what the service knows late is known late here, too."""

    stack: str = "local"
    realistic: bool = False


def of(home: Path) -> Mode:
    """The mode of the environment in `home`; the usual one where nothing is written. LocalError when it broke off."""
    try:
        return Mode(**json.loads((home / FILE).read_text()))
    except FileNotFoundError:
        return Mode()
    except (ValueError, TypeError) as error:
        hint = f"remove {home / FILE} for the usual environment, or forget it: ./cdc down --purge"
        raise LocalError(f"the environment's mode cannot be read: {error}", hint) from error


def keep(home: Path, mode: Mode) -> None:
    """Write it down: whole, or not at all."""
    scratch = home / f"{FILE}.new"
    scratch.write_text(json.dumps(asdict(mode)))
    scratch.rename(home / FILE)
