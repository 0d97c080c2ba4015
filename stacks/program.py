"""Load, check everything, then declare: what `__main__.py` runs."""

from pathlib import Path

import pulumi
import pulumi.runtime

from stacks.errors import CdcError
from stacks.load import joined
from stacks.pipeline import context
from stacks.pipeline import declare as pipeline
from stacks.rollout import previous_outputs
from stacks.routes import load as load_routes
from stacks.settings import load as load_settings

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Declare the stack. An expected error reaches the user as one message, without a traceback."""
    stack_file = ROOT / f"Pulumi.{pulumi.get_stack()}.yaml"
    try:
        config = pulumi.runtime.get_config_env()
        loaded = joined(load_settings.from_config(config, stack_file), load_routes.load(ROOT / "routes.yaml"))
        last = previous_outputs.recall()
        previous_outputs.protect_readers(loaded[1], last)
        pipeline.declare(*loaded, context.Inputs.load(loaded[0], last))
    except CdcError as error:
        raise pulumi.RunError(f"{error.message}\nhint: {error.hint}" if error.hint else error.message) from None
