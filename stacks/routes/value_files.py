"""Long lists of values in files of their own: `in: {file: values/gold-customers.yaml}`, a YAML file that is one list."""

from collections.abc import Iterator, MutableMapping
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from stacks.errors import CdcError, Finding, InvalidFiles, Place
from stacks.files.yaml_document import read

OPERATORS = ("in", "notIn")
Holder = MutableMapping[str, Any]


def references(data: Any, place: Place = ()) -> Iterator[tuple[Place, Holder, str, str]]:
    """Every operator that names a file: its place, the comparison and the operator, and the file's name."""
    if isinstance(data, dict):
        holder = cast("Holder", data)
        for key, value in holder.items():
            if key in OPERATORS and isinstance(value, dict):
                inner = cast("dict[str, Any]", value)
                if list(inner) == ["file"] and isinstance(inner["file"], str):
                    yield (*place, key), holder, key, inner["file"]
            else:
                yield from references(value, (*place, str(key)))
    elif isinstance(data, list):
        for number, value in enumerate(cast("list[Any]", data)):
            yield from references(value, (*place, number))


def filled(data: Any, folder: Path) -> tuple[Any, list[Finding]]:
    """A copy with the lists in place. Files are below `folder`, where the one that names them is."""
    found, findings = deepcopy(data), list[Finding]()
    for place, holder, operator, name in list(references(found)):
        try:
            holder[operator] = values(folder, name)
        except InvalidFiles as error:
            findings += error.findings
        except CdcError as error:
            findings.append(Finding("values-file", place, str(error), name, error.hint))
    return found, findings


def values(folder: Path, name: str) -> list[Any]:
    """A file's list. Raises CdcError or InvalidFiles."""
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        raise CdcError("the file is not below the folder of routes.yaml", "write it like values/customers.yaml")
    data = read(file).data
    if not isinstance(data, list) or not data or any(isinstance(v, dict | list) or v is None for v in data):
        raise CdcError("the file is not one list of values", "a value a line, each after `- `")
    return cast("list[Any]", data)
