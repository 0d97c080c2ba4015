"""Reading `routes.yaml`: its models, then its lint."""

from pathlib import Path

from pydantic import ValidationError

from stacks.errors import Fault
from stacks.files.yaml_document import Document, faults_of, read
from stacks.routes.model import Routes


def parsed(path: Path) -> tuple[Document, Routes | None, list[Fault]]:
    """The file as it stands: what the models say, before any lint."""
    document = read(path)
    try:
        return document, Routes.model_validate(document.data or {}), []
    except ValidationError as error:
        return document, None, faults_of(error, document)


def load(path: Path) -> tuple[Routes | None, list[Fault]]:
    """The file, or every error in it. Warnings are for `cdc routes check`."""
    from stacks.routes import lint

    document, routes, faults = parsed(path)
    if routes is None:
        return None, faults
    return routes, [fault for fault in lint.check(routes, document) if fault.severity == "error"]
