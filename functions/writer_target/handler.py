"""Lambda entry point: register the writer's present address, then take the others out."""

import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

import boto3


def addresses(host: str, port: int) -> set[str]:
    """The IPv4 addresses of a name, as DNS says them now."""
    return {str(found[4][0]) for found in socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)}


def make(
    environment: Mapping[str, str], balancing: Any = None, resolve: Callable[[str, int], set[str]] = addresses
) -> Callable[[Any, object], dict[str, list[str]]]:
    """The function for its environment. The new address goes in before the old one comes out: never none."""

    def run(event: Any, context: object = None) -> dict[str, list[str]]:
        client = balancing or boto3.client("elbv2")
        group, port = environment["TARGET_GROUP"], int(environment["WRITER_PORT"])
        wanted = resolve(environment["WRITER_HOST"], port)
        health = client.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        leaving = {"draining", "unused"}
        present = {item["Target"]["Id"] for item in health if item["TargetHealth"]["State"] not in leaving}
        added, removed = sorted(wanted - present), sorted(present - wanted)
        if added:
            client.register_targets(TargetGroupArn=group, Targets=[{"Id": ip, "Port": port} for ip in added])
        if removed:
            client.deregister_targets(TargetGroupArn=group, Targets=[{"Id": ip, "Port": port} for ip in removed])
        return {"added": added, "removed": removed}

    return run


def handler(event: Any, context: object) -> dict[str, list[str]]:
    """What Lambda calls."""
    return make(os.environ)(event, context)
