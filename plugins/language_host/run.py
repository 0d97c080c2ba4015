"""Run one Pulumi program in this process: the child that the language host starts. argv[1] is the program's folder."""

import asyncio
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pulumi.runtime
from pulumi.runtime import config as runtime_config
from pulumi.runtime.stack import ResourceRegistrationFailed

from plugins.language_host import sdk_patches
from plugins.language_host.server import BAIL


def settings() -> pulumi.runtime.Settings:
    """The engine's addresses and the stack's names, from the environment the host set."""
    value = os.environ.get
    return pulumi.runtime.Settings(
        project=value("CDC_RUN_PROJECT"),
        stack=value("CDC_RUN_STACK"),
        organization=value("CDC_RUN_ORGANIZATION"),
        monitor=value("CDC_RUN_MONITOR"),
        engine=value("CDC_RUN_ENGINE"),
        parallel=int(value("CDC_RUN_PARALLEL") or 1),
        dry_run=bool(value("CDC_RUN_DRY_RUN")),
        root_directory=value("CDC_RUN_ROOT"),
    )


def explain(error: BaseException) -> str:
    """What the user reads: message and hint of an expected error, a traceback of anything else."""
    message, hint = getattr(error, "message", None), getattr(error, "hint", None)
    if isinstance(message, str) and hint is not None:
        return f"{message}\n  hint: {hint}" if hint else message
    if isinstance(error, pulumi.RunError):
        return str(error)
    if isinstance(error, ResourceRegistrationFailed):
        return f"{error}; what needs it was not tried"  # why, the engine has said already
    return "".join(traceback.format_exception(error))


def execute(program: str) -> None:
    """The program itself."""
    runpy.run_path(program, run_name="__main__")


def main() -> int:
    """Exit code 0, or BAIL once the engine has been given the reason."""
    program = sys.argv[1]
    runtime_config.set_all_config(runtime_config.get_config_env(), runtime_config.get_config_secret_keys_env())
    pulumi.runtime.configure(settings())
    if not os.environ.get("CDC_DEBUG"):
        sdk_patches.apply()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a failed graph leaves unobserved futures: harmless
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=4 * max(int(os.environ["CDC_RUN_PARALLEL"]), 1)))
    asyncio.set_event_loop(loop)
    sys.path.insert(0, program)
    sys.argv = [program]
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: execute(program)))
    except SystemExit as stop:
        return BAIL if stop.code else 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: the engine must hear of it
        pulumi.log.error(explain(error))
        return BAIL
    finally:
        loop.run_until_complete(asyncio.sleep(0))
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    os._exit(main())
