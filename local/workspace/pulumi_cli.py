"""The Pulumi CLI: the one on PATH when it is supported, else built once from Go modules."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError
from local.toolchain import cache, golang

VERSION = "3.259.0"
SUPPORTED = ((3, 250), (4, 0))
MODULE = Path(__file__).parent / "pulumi_cli_module"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
STAMP = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


@dataclass(frozen=True, slots=True)
class PulumiCli:
    """The folder that holds `pulumi`."""

    folder: Path
    version: str


def on_path() -> PulumiCli | None:
    """A supported `pulumi` on PATH, if there is one."""
    program = shutil.which("pulumi")
    if not program:
        return None
    done = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    if not found:
        return None
    version = found.group(0).removeprefix("v")
    major, minor = int(found.group(1)), int(found.group(2))
    if not SUPPORTED[0] <= (major, minor) < SUPPORTED[1]:
        return None
    folder = Path(program).resolve().parent
    return PulumiCli(folder, version)


def install(progress: cache.Progress) -> PulumiCli:
    """The CLI to use. Building takes about 5 minutes, once per user (`CDC_PULUMI=build` skips the search)."""
    if os.environ.get("CDC_PULUMI") != "build" and (found := on_path()):
        return found
    folder = cache.once(f"pulumi-{VERSION}", lambda scratch: build(scratch, progress))
    return PulumiCli(folder, VERSION)


def build(folder: Path, progress: cache.Progress) -> None:
    """Compile `pulumi` into `folder`. Finished downloads and packages are reused by the next try."""
    go = golang.find(progress)
    progress("building the Pulumi CLI (about 5 minutes, once)")
    shutil.copytree(MODULE, folder / "module")
    flags = ["-mod=mod", "-trimpath", "-v", "-ldflags", f"-s -w -X {STAMP}=v{VERSION}"]
    command = [go.program, "build", *flags, "-o", str(folder / "pulumi"), PACKAGE]
    environment = {**os.environ, "CGO_ENABLED": "0", **go.environment}
    tail: list[str] = []
    with subprocess.Popen(
        command, cwd=folder / "module", env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            follow(process, tail, progress)
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise LocalError(
            "building the Pulumi CLI failed: " + " | ".join(tail[-4:]),
            "install Pulumi (>= 3.250) yourself, or check the network and run the same command again",
        )
    shutil.rmtree(folder / "module")
    golang.forget_scratch()


def follow(process: "subprocess.Popen[str]", tail: list[str], progress: cache.Progress) -> None:
    """Report downloads and compiled packages as they are named on standard error."""
    counts = {"downloaded modules": 0, "compiled packages": 0}
    for line in process.stderr or ():
        tail.append(line.strip())
        del tail[:-20]
        counts["downloaded modules" if line.startswith("go: downloading") else "compiled packages"] += 1
        progress("building the Pulumi CLI: " + ", ".join(f"{n} {what}" for what, n in counts.items()))


def with_language_host(cli: PulumiCli, folder: Path) -> Path:
    """`pulumi` in `folder`, with our Python language host beside it, where the engine looks without a warning."""
    program = folder / "pulumi"
    original = cli.folder / "pulumi"
    if not program.exists() or program.stat().st_size != original.stat().st_size:
        program.unlink(missing_ok=True)
        try:
            os.link(original, program)
        except OSError:  # another file system
            shutil.copy2(original, program)
    root = Path(__file__).resolve().parents[2]
    script = folder / "pulumi-language-python"
    text = f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m plugins.language_host.server "$@"\n'
    if not script.exists() or script.read_text() != text:
        script.write_text(text)
        script.chmod(0o755)
    return program
