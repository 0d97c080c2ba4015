"""Who vouches for the database: a file of the repository, asked by connector and migrator, or nobody, and the contract says which."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from local.certificates import Certificates
from stacks.components.confluent import connector
from stacks.settings import root_certificate
from stacks.settings.model import ConnectorSettings
from stacks.settings.source_database import PostgresBackend

GOOD: dict[str, Any] = {"kind": "postgres", "host": "db.example.com", "database": "events"}
NAME = "certificates/rds.pem"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a bundle in it."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    (folder / "rds.pem").write_text(Certificates(tmp_path / "tls", "x").file("authority.pem").read_text())
    (folder / "empty.pem").write_text("")
    monkeypatch.setattr(root_certificate, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sslMode": "verify-full"}, "needs sslRootCertificate"),
        ({"sslMode": "verify-ca"}, "needs sslRootCertificate"),
        ({"sslRootCertificate": NAME}, "is not asked with sslMode require"),
        ({"sslMode": "verify-full", "sslRootCertificate": "certificates/gone.pem"}, "cannot be read"),
        ({"sslMode": "verify-full", "sslRootCertificate": "certificates/empty.pem"}, "holds no certificate"),
        ({"sslMode": "verify-full", "sslRootCertificate": "../secrets.pem"}, "pattern"),
        ({"sslMode": "verify-full", "sslRootCertificate": "certificates/../../x.pem"}, "pattern"),
    ],
)
def test_what_cannot_be_asked_is_refused(settings: dict[str, str], words: str) -> None:
    PostgresBackend.model_validate({**GOOD, "sslMode": "verify-full", "sslRootCertificate": NAME})
    with pytest.raises(ValidationError, match=words):
        PostgresBackend.model_validate({**GOOD, **settings})
    PostgresBackend.model_validate(GOOD)


def keys(**settings: str) -> dict[str, pulumi.Input[str]]:
    """Of a connector. Outputs need a loop, and take whichever there is."""

    async def made() -> dict[str, pulumi.Input[str]]:
        backend = PostgresBackend.model_validate({**GOOD, **settings})
        args: Any = SimpleNamespace(backend=backend, settings=ConnectorSettings(), host="db.example.com", port=5432)
        return connector.database_keys(args)

    return asyncio.run(made())


def test_the_connector_gets_the_authorities_as_text(repository: Path) -> None:
    verified = keys(sslMode="verify-full", sslRootCertificate=NAME)
    assert verified["database.sslmode"] == "verify-full"
    assert verified["database.sslrootcert"] == (repository / NAME).read_text()
    assert "database.sslrootcert" not in keys()
