"""Reading `routes.yaml`: its models, then its lint."""

from pathlib import Path

from pydantic import ValidationError

from stacks.errors import Finding
from stacks.files.yaml_document import Document, findings_of, read
from stacks.routes import value_files
from stacks.routes.model import Routes


def parsed(path: Path) -> tuple[Document, Routes | None, list[Finding]]:
    """The file as it stands: what the models say, before any lint."""
    document = read(path)
    data, findings = value_files.filled(document.data or {}, path.parent)
    if findings:
        return document, None, [one if one.where else document.locate(one) for one in findings]
    try:
        return document, Routes.model_validate(data), []
    except ValidationError as error:
        return document, None, findings_of(error, document)


def load(path: Path) -> tuple[Routes | None, list[Finding]]:
    """The file, or every error in it. Warnings are for `cdc routes check`."""
    from stacks.routes import lint

    document, routes, findings = parsed(path)
    if routes is None:
        return None, findings
    return routes, [finding for finding in lint.check(routes, document) if finding.severity == "error"]
