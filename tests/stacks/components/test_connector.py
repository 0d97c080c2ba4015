"""What the service adds to the connector's configuration is no change, and what the program says never hides behind that."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from stacks.components.confluent import connector
from stacks.errors import CdcError
from stacks.settings.model import ConnectorSettings
from stacks.settings.source_database import PostgresBackend

BACKEND = PostgresBackend.model_validate({"kind": "postgres", "host": "db.example.com", "database": "events"})


def ignored(*keys: str) -> list[str]:
    """The properties whose changes are ignored. Outputs need a loop, and take whichever there is."""

    async def made() -> list[str]:
        settings = ConnectorSettings.model_validate({"serverFilled": list(keys)})
        place = {"host": BACKEND.host, "port": 5432, "account_id": "sa-1", "sources": []}
        args: Any = SimpleNamespace(settings=settings, backend=BACKEND, **place)
        return connector.server_filled(settings.server_filled, connector.configuration(args))

    return asyncio.run(made())


def test_known_keys_and_those_of_the_settings() -> None:
    known = ignored()
    assert known == [f'configNonsensitive["{key}"]' for key in connector.SERVER_FILLED]
    assert ignored("kafka.endpoint", "cloud.provider") == [
        *known,
        'configNonsensitive["kafka.endpoint"]',
        'configNonsensitive["cloud.provider"]',
    ]


@pytest.mark.parametrize("own", ["slot.name", "database.hostname", "publication.autocreate.mode"])
def test_a_key_of_the_program_is_refused(own: str) -> None:
    assert ignored("kafka.endpoint")
    with pytest.raises(CdcError, match=f"serverFilled names {own}, which this program sets"):
        ignored("kafka.endpoint", own)
    assert ignored("kafka.endpoint")


@pytest.mark.parametrize("text", ["", "Kafka Endpoint", 'a"]', "a..b", "*"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        ignored(text)
