"""The migrator signs in as the owner only where the right authority vouches for the server."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from migrator import handler, schema
from migrator.schema import Dsn

from local.certificates import Certificates
from tests.support import postgres, tls

SECRET = "owner-of-a-test"  # noqa: S105


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dsn, Path]]:
    """A server behind TLS, and the authority that vouches for it."""
    certificates = Certificates(tmp_path_factory.mktemp("tls"), "x")
    with postgres.serve() as dsn, tls.before(dsn.host, dsn.port, certificates.file("identity.pem")) as port:
        yield replace(dsn, port=port), certificates.file("authority.pem")


def test_who_is_not_vouched_for_gets_no_password(
    behind_tls: tuple[Dsn, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn, authority = behind_tls
    other = Certificates(tmp_path / "other", "x").file("authority.pem")
    monkeypatch.setattr(schema.connect.retry, "stop", lambda _: True)  # once
    verified = replace(dsn, ssl_mode="verify-full", root_certificate=str(authority))
    for _ in ("good", "good again"):
        with schema.connect(verified) as connection:
            assert connection.pgconn.ssl_in_use
        for bad in (replace(verified, root_certificate=str(other)), replace(verified, host="127.0.0.2")):
            with pytest.raises(psycopg.OperationalError):
                schema.connect(bad)


def test_the_function_takes_the_authority_from_its_package(
    behind_tls: tuple[Dsn, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn, authority = behind_tls
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "bundle.pem").write_text(authority.read_text())
    seen: list[Dsn] = []
    monkeypatch.setattr(handler, "base", lambda: tmp_path)
    monkeypatch.setattr(handler, "secret", lambda _: json.loads(f'{{"username": "postgres", "password": "{SECRET}"}}'))
    monkeypatch.setattr(handler.migrations, "migrate", lambda one, _: seen.append(one) or [])
    for name in ("set_passwords", "ensure_publication"):
        monkeypatch.setattr(handler.schema, name, lambda *_: None)
    monkeypatch.setattr(handler.schema, "look", lambda *_: [])
    environment = {
        "OWNER_SECRET": "o", "CDC_SECRET": "c", "EVENTS_API_SECRET": "e", "DATABASE_HOST": dsn.host,
        "DATABASE_PORT": str(dsn.port), "DATABASE_NAME": dsn.database, "DATABASE_SSL_MODE": "verify-full",
        "DATABASE_ROOT_CERTIFICATE": "certificates/bundle.pem",
    }  # fmt: skip
    handler.make(environment)({"publication": "p", "tables": [], "sources": []}, None)
    with schema.connect(seen[0]) as connection:
        assert connection.pgconn.ssl_in_use
