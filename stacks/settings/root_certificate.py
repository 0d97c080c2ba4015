"""The authorities that may vouch for a database: a file of this repository, read where it is needed."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

ROOT = Path(__file__).parents[2]


def text(path: str) -> str:
    """The file's content (PEM). ValueError when it is not there, or holds no certificate."""
    try:
        found = (ROOT / path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} cannot be read ({type(error).__name__}): docs/deploy.md says where it comes from"
        ) from error
    if "-----BEGIN CERTIFICATE-----" not in found:
        raise ValueError(f"{path} holds no certificate in PEM form")
    return found


def readable(path: str) -> str:
    """The same path, of a file that can be used."""
    text(path)
    return path


RootCertificate = Annotated[
    str, StringConstraints(pattern=r"^certificates/[A-Za-z0-9][A-Za-z0-9._-]*\.pem$"), AfterValidator(readable)
]
