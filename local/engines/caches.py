"""Makes the caches of the JVM engines from what they wrote down: `python -m local.engines.caches`, which nobody waits for."""

from collections.abc import Callable

from local.engines import spec
from local.toolchain import aot, installed

LONGEST = 300  # seconds that making all of them may take


def create(wait: bool = False) -> None:
    """Here and now; where another process does so already, it does, and `wait` waits for its end."""
    aot.create(spec.java_starts(installed.install(lambda _: None)), LONGEST if wait else 0)


def missing(progress: Callable[[str], None]) -> list[str]:
    """Engines that start without one."""
    return aot.missing(spec.java_starts(installed.install(progress)))


if __name__ == "__main__":
    create()
