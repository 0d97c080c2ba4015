"""`cdc env`: what another program needs to connect."""

import shlex
from typing import Any

from cli.client import stack
from cli.client.stack import Stack
from cli.console import data, out


def gather(running: Stack) -> dict[str, Any]:
    """Addresses, and per consumer its credentials, topics and group."""
    contract = running.contract
    found: dict[str, Any] = {
        "stack": running.name,
        "bootstrapServers": contract.kafka.bootstrap_servers,
        "securityProtocol": contract.kafka.security_protocol,
        "saslMechanism": contract.kafka.sasl_mechanism,
        "schemaRegistryUrl": contract.registry.url,
        "postgresDsn": stack.local_dsn(running, "events_api") if running.local else None,
        "eventsApi": events_api(running),
        "consumers": {
            c.name: {
                "topics": c.topics,
                "group": c.group,
                "isolationLevel": c.isolation_level,
                "kafkaKey": running.keys[c.name]["kafka"],
                "schemaRegistryKey": running.keys[c.name]["registry"],
                "secret": c.secret,
                "deadLetterTopic": c.dead_letter_topic,
            }
            for c in contract.consumers
        },
    }
    return found


def events_api(running: Stack) -> dict[str, Any] | None:
    """Where events are sent; for the local stack also what to sign with (elsewhere: your own AWS credentials)."""
    api = running.contract.events_api
    if api is None:
        return None
    found = {"url": api.url, "auth": api.auth}
    return found | (stack.local_aws() if running.local else {})


def run(stack_name: str, as_json: bool) -> int:
    """JSON, or lines for a shell (`eval "$(./cdc env)"`)."""
    found = gather(stack.load(stack_name))
    if as_json:
        data(found)
        return 0
    for name, value in (
        ("CDC_BOOTSTRAP_SERVERS", found["bootstrapServers"]),
        ("CDC_SECURITY_PROTOCOL", found["securityProtocol"]),
        ("CDC_SASL_MECHANISM", found["saslMechanism"]),
        ("CDC_SCHEMA_REGISTRY_URL", found["schemaRegistryUrl"]),
        ("CDC_POSTGRES_DSN", found["postgresDsn"] or ""),
        ("CDC_EVENTS_API_URL", (found["eventsApi"] or {}).get("url", "")),
        ("CDC_EVENTS_API_KEY", (found["eventsApi"] or {}).get("accessKeyId", "")),
        ("CDC_EVENTS_API_SECRET", (found["eventsApi"] or {}).get("secretAccessKey", "")),
    ):
        out.print(f"export {name}={shlex.quote(value)}", markup=False, soft_wrap=True)
    out.print("# credentials per consumer: ./cdc env --json", markup=False)
    return 0
