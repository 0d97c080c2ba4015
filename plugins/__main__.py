"""A bundled plugin, `python -m plugins PACKAGE`: prints its port, serves the engine, ends with it."""

import os
import sys
import threading
from concurrent import futures

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from plugins import aws
from plugins.confluentcloud import package
from plugins.engine.servicer import Provider
from plugins.parent import exit_with_parent

PACKAGES = {package.name: package for package in (package.PACKAGE, aws.PACKAGE)}


def main() -> None:
    """Serve until the engine goes."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64))
    servicer = Provider(PACKAGES[sys.argv[1]])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=exit_with_parent, args=(lambda: os._exit(0),), daemon=True).start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
