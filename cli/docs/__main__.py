"""Every page and schema that is made from the code: `python -m cli.docs` writes them, `--check` says which are stale."""

import json
import sys
from collections.abc import Callable

from pydantic import BaseModel

from cli.docs import doctor_page, rules_table, settings_page, troubleshooting_page
from local.environment import ROOT
from stacks.contract import ContractV1
from stacks.routes.model import Routes


def schema(model: type[BaseModel]) -> str:
    """A model's JSON Schema."""
    return json.dumps(model.model_json_schema(by_alias=True), indent=2) + "\n"


PAGES: dict[str, Callable[[str], str]] = {
    "docs/doctor.md": doctor_page.page,
    "docs/troubleshooting.md": troubleshooting_page.page,
    "docs/settings.md": lambda _: settings_page.page(),
    "docs/routes.md": rules_table.page,
    "schemas/routes.schema.json": lambda _: schema(Routes),
    "schemas/contract.schema.json": lambda _: schema(ContractV1),
}


def text_of(name: str) -> str:
    """A file of the repository; empty where there is none yet."""
    file = ROOT / name
    return file.read_text() if file.exists() else ""


def stale() -> dict[str, str]:
    """Files that differ from what the code says, with what they should hold."""
    wanted = {name: make(text_of(name)) for name, make in PAGES.items()}
    return {name: text for name, text in wanted.items() if text_of(name) != text}


def main() -> int:
    """Exit code 1 when `--check` finds a stale file."""
    found = stale()
    if "--check" in sys.argv:
        for name in found:
            print(f"{name} is not what the code says: python -m cli.docs", file=sys.stderr)
        return 1 if found else 0
    for name, text in found.items():
        (ROOT / name).write_text(text)
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
