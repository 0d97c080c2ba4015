"""Load, check everything, then declare: what `__main__.py` runs."""

from pathlib import Path

import pulumi
import pulumi.runtime

from stacks import load
from stacks.errors import CdcError
from stacks.pipeline.context import Context
from stacks.pipeline.declare import declare
from stacks.rollout import previous_outputs

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Declare the stack. An expected error reaches the user as one message, without a traceback."""
    try:
        settings, routes = load.from_config(ROOT, pulumi.get_stack(), pulumi.runtime.get_config_env())
        previous = previous_outputs.load()
        previous_outputs.protect_readers(routes, previous)
        previous_outputs.protect_keys(settings, previous)
        declare(Context.build(settings, routes, previous))
    except CdcError as error:
        raise pulumi.RunError(f"{error.message}\nhint: {error.hint}" if error.hint else error.message) from None
