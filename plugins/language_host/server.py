"""A Python language host for the Pulumi engine: what `pulumi-language-python` is in a complete Pulumi install.

Needed because the CLI we build comes without one (the official host is a Go module that not every module proxy serves). It starts
programs in the interpreter it runs in, so there is no virtual environment to find. Protocol: language.proto.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from plugins.parent import exit_with_parent

BAIL = 32  # exit code of a program that has already told the user what is wrong


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and plugins as children; keeps them so that a signal can end them."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.children: list[subprocess.Popen[bytes]] = []

    def Handshake(self, request: Any, context: Any) -> Any:
        self.engine = request.engine_address or self.engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.1.0")

    def About(self, request: Any, context: Any) -> Any:
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        return language_pb2.GetRequiredPackagesResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        return language_pb2.GetProgramDependenciesResponse()

    def InstallDependencies(self, request: Any, context: Any) -> Any:
        yield language_pb2.InstallDependenciesResponse(stdout=b"packages are installed by ./cdc\n")

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        self.stop()
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:
        folder = Path(request.info.program_directory or request.pwd)
        command = [sys.executable, "-u", "-m", "plugins.language_host.run", str(folder / request.info.entry_point)]
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
            "CDC_RUN_PROJECT": request.project,
            "CDC_RUN_STACK": request.stack,
            "CDC_RUN_ORGANIZATION": request.organization,
            "CDC_RUN_MONITOR": request.monitor_address,
            "CDC_RUN_ENGINE": self.engine,
            "CDC_RUN_PARALLEL": str(request.parallel),
            "CDC_RUN_DRY_RUN": "1" if request.dryRun else "",
            "CDC_RUN_ROOT": request.info.root_directory,
        }
        code = self.wait(command, request.pwd or str(folder), environment)
        if code == BAIL:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program ended with exit code {code}" if code else "")

    def RunPlugin(self, request: Any, context: Any) -> Any:
        module = ["-m", "pulumi.policy"] if request.kind == "analyzer" else []
        program = [request.info.program_directory] if not module else [*request.args, request.info.program_directory]
        rest = [] if module else list(request.args)
        environment = {**os.environ, **dict(entry.split("=", 1) for entry in request.env)}
        child = subprocess.Popen(
            [sys.executable, "-u", *module, *program, *rest],
            cwd=request.pwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.children.append(child)
        for line in child.stdout or ():
            yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=child.wait())

    def wait(self, command: list[str], folder: str, environment: dict[str, str]) -> int:
        """Run a child to its end, its output going where ours goes."""
        child = subprocess.Popen(command, cwd=folder, env=environment)
        self.children.append(child)
        return child.wait()

    def stop(self) -> None:
        """End every child that still runs."""
        for child in self.children:
            if child.poll() is None:
                child.kill()


def main() -> None:
    """Serve on a free loopback port, print it, and end with the engine or at the first signal."""
    engine = next((arg for arg in sys.argv[1:] if not arg.startswith("-")), "")
    host = Host(engine)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)

    def leave(*_: object) -> None:
        host.stop()
        os._exit(0)  # at once: a host that drains its server makes a failed run five seconds longer

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    threading.Thread(target=exit_with_parent, args=(leave,), daemon=True).start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
