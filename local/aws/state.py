"""The resources that are served here, and what making one of them does."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

from local.confluent.store import Store
from local.environment import Instance

Document = dict[str, Any]


class State:
    """Documents `{"id", "inputs", "outputs"}` by type token and id, kept in one file."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.store = Store(instance.home / "data" / "aws" / "aws.sqlite")
        self.effects: Mapping[str, Callable[[str, Document], Document]] = {
            "rds/cluster:Cluster": self.cluster,
            "rds/proxy:Proxy": self.proxy,
            "secretsmanager/secretVersion:SecretVersion": self.secret_version,
            "apigatewayv2/api:Api": self.api,
        }

    def get(self, token: str, identity: str) -> Document | None:
        """One document."""
        return self.store.get(token, identity)

    def all(self, token: str) -> Iterator[Document]:
        """Every document of a type."""
        return self.store.all(token)

    def put(self, token: str, identity: str, inputs: Document, outputs: Document) -> Document:
        """Make or change a resource; its outputs."""
        effect = self.effects.get(token)
        outputs = outputs | (effect(identity, inputs) if effect else {})
        self.store.put(token, identity, {"id": identity, "inputs": inputs, "outputs": outputs})
        return outputs

    def delete(self, token: str, identity: str) -> None:
        """Forget a resource. A database keeps its data until `cdc down --purge`, as a final snapshot would."""
        if token == "secretsmanager/secret:Secret":  # noqa: S105 - a type token
            self.store.delete("secret-value", identity)
        self.store.delete(token, identity)

    def cluster(self, identity: str, inputs: Document) -> Document:
        """The database in the local PostgreSQL, and the owner's secret."""
        instance = self.instance
        arn = f"arn:aws:secretsmanager:local:000000000000:secret:rds!{identity}"
        own = {"username": "postgres", "password": instance.secrets["postgres"]}
        self.store.put("secret-value", arn, {"value": json.dumps(own)})
        with psycopg.connect(
            host="127.0.0.1", port=instance.port("postgres"), user="postgres", password=own["password"], autocommit=True
        ) as connection:
            name = inputs["databaseName"]
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        secrets = [{"secretArn": arn, "secretStatus": "active"}]
        return {"endpoint": "127.0.0.1", "port": instance.port("postgres"), "masterUserSecrets": secrets}

    def proxy(self, identity: str, inputs: Document) -> Document:
        """PgBouncer when it is installed, else the database itself."""
        return {"endpoint": "127.0.0.1"}

    def proxy_port(self) -> int:
        """Where the proxy listens."""
        return self.instance.port("pgbouncer" if self.instance.pgbouncer else "postgres")

    def secret_version(self, identity: str, inputs: Document) -> Document:
        """The secret's present value."""
        self.store.put("secret-value", inputs["secretId"], {"value": inputs["secretString"]})
        return {}

    def api(self, identity: str, inputs: Document) -> Document:
        """The API answers at the server's own address."""
        return {"apiEndpoint": self.instance.url("aws")}
