"""actionlint, built from its Go module: it checks .github/workflows."""

import os
import subprocess
from pathlib import Path

from local.errors import LocalError
from local.toolchain import cache, golang

MODULE = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"


def install(progress: cache.Progress) -> Path:
    """The program, built once (about 20 s)."""

    def build(folder: Path) -> None:
        go = golang.find(progress)
        environment = {**os.environ, **go.environment, "GOBIN": str(folder), "CGO_ENABLED": "0"}
        command = [go.program, "install", "-trimpath", MODULE]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalError(
                f"building actionlint failed: {done.stderr.strip()[-500:]}", "it needs the Go module proxy once"
            )

    folder = cache.once(f"actionlint-{MODULE.rpartition('@')[2]}", build)
    golang.forget_scratch()
    return folder / "actionlint"
