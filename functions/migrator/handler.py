"""Lambda entry point: schema, users' passwords, publication. Safe to run any number of times."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3

from migrator import migrations, schema

USERS = {"cdc": "CDC_SECRET", "events_api": "EVENTS_API_SECRET"}


def base() -> Path:
    """Where schemas/postgres is: beside the packages in the archive, in the project's root otherwise."""
    here = Path(__file__).resolve()
    return next(folder for up in (1, 2) if ((folder := here.parents[up]) / "schemas" / "postgres").is_dir())


def files() -> Path:
    """The numbered files."""
    return base() / "schemas" / "postgres"


def make(environment: Mapping[str, str]) -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """The function for its environment."""

    def run(event: Mapping[str, Any], context: object = None) -> dict[str, Any]:
        """`event`: publication, the tables (`schema.table`) it covers, and what is expected of the sources (catalog.py).

        Returns which files were applied, and what differs in the database without doing harm. Raises Refused for a file, and Unfit before the
        publication is touched when something does harm.
        """
        owner = secret(environment["OWNER_SECRET"])
        dsn = schema.Dsn(
            host=environment["DATABASE_HOST"],
            port=int(environment["DATABASE_PORT"]),
            database=environment["DATABASE_NAME"],
            user=owner["username"],
            password=owner["password"],
            ssl_mode=environment.get("DATABASE_SSL_MODE", "require"),
            root_certificate=str(base() / name) if (name := environment.get("DATABASE_ROOT_CERTIFICATE")) else None,
        )
        applied = migrations.migrate(dsn, files())
        schema.set_passwords(dsn, {user: secret(environment[name])["password"] for user, name in USERS.items()})
        differs = schema.look(dsn, event["publication"], event["sources"])
        schema.ensure_publication(dsn, event["publication"], event["tables"])
        return {
            "applied": applied,
            "publication": event["publication"],
            "tables": sorted(event["tables"]),
            "warnings": [str(one) for one in differs],
        }

    return run


def secret(arn: str) -> dict[str, str]:
    """A secret's username and password."""
    found = boto3.client("secretsmanager").get_secret_value(SecretId=arn)
    return json.loads(found["SecretString"])


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """What Lambda calls."""
    return make(os.environ)(event, context)
