"""Settings and routes of one environment, checked together. Needs no Pulumi."""

from pathlib import Path

from stacks.errors import Fault, Faults
from stacks.routes import load as load_routes
from stacks.routes.model import Routes
from stacks.settings import load as load_settings
from stacks.settings.model import Settings


def joined(
    found: tuple[Settings | None, list[Fault]], business: tuple[Routes | None, list[Fault]]
) -> tuple[Settings, Routes]:
    """Settings and routes; raises Faults with the faults of both files."""
    faults = [*found[1], *business[1]]
    if faults or found[0] is None or business[0] is None:
        raise Faults(faults)
    return found[0], business[0]


def from_files(root: Path, stack: str) -> tuple[Settings, Routes]:
    """The committed files of a stack, without its secrets. Raises Faults."""
    return joined(
        load_settings.from_file(root / f"Pulumi.{stack}.yaml", plan_only=True), load_routes.load(root / "routes.yaml")
    )
