"""What a source expects of its table: the migrator compares it with the database's catalog before anything is published."""

from typing import Any

from stacks.routes.model import Source


def expected(source: Source) -> dict[str, Any]:
    """`{"table", "replicaIdentity", "columns": [{"name", "type", "nullable", "key"}, …]}`."""
    columns = [{"name": c.name, "type": c.type, "nullable": c.nullable, "key": c.key} for c in source.columns]
    return {"table": source.table, "replicaIdentity": source.replica_identity, "columns": columns}
