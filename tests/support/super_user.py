"""Clients of the local broker that may do everything, as Confluent's own control plane."""

from typing import Any

from local.environment import Instance


def settings() -> dict[str, Any]:
    """librdkafka's, for the super user on the internal listener."""
    instance = Instance.here()
    return {
        "bootstrap.servers": f"127.0.0.1:{instance.port('kafka_internal')}",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "admin",
        "sasl.password": instance.secrets["kafka"],
        "log_level": 0,
        "error_cb": id,
    }
