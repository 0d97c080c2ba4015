"""Load, check everything, then declare: what `__main__.py` runs."""

from pathlib import Path

import pulumi
import pulumi.runtime

from stacks import memory, pipeline, routes, settings
from stacks.errors import CdcError
from stacks.loading import joined

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Declare the stack. An expected error reaches the user as one message, without a traceback."""
    stack_file = ROOT / f"Pulumi.{pulumi.get_stack()}.yaml"
    try:
        config = pulumi.runtime.get_config_env()
        loaded = joined(settings.from_config(config, stack_file), routes.load(ROOT / "routes.yaml"))
        last = memory.recall()
        memory.protect_readers(loaded[1], last)
        pipeline.declare(*loaded, pipeline.Inputs.load(loaded[0], last))
    except CdcError as error:
        raise pulumi.RunError(f"{error.message}\nhint: {error.hint}" if error.hint else error.message) from None
