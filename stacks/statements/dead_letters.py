"""Dead letters: what Flink cannot decode goes to a table of Confluent's own form, with the original bytes.

The table option `error-handling.mode` is set by one idempotent ALTER TABLE per source. Confluent makes the topic and its
schema when that statement runs (docs: "Configure a Dead Letter Queue"); docs/adr/0012-dead-letters.md says why they are
not declared here.
"""

from stacks import naming
from stacks.routes import sql
from stacks.routes.model import Source

TRANSACTIONS = "cdc-redrive-*"  # transactional ids of `cdc dead-letters redrive`


def statement(source: Source) -> str:
    """The ALTER TABLE that sends what cannot be decoded to the source's dead-letter topic."""
    options = {"error-handling.mode": "log", "error-handling.log.target": source.dead_letter_topic}
    settings = ", ".join(f"{sql.literal(key)} = {sql.literal(value)}" for key, value in options.items())
    return f"ALTER TABLE {sql.identifier(source.topic)} SET ({settings})"


def room(source: Source, max_bytes: int) -> str:
    """The ALTER TABLE that lets the dead-letter topic take the largest records, once that topic was made."""
    return (
        f"ALTER TABLE {sql.identifier(source.dead_letter_topic)} SET ('kafka.max-message-size' = '{max_bytes} bytes')"
    )


def statement_name(environment: str, source: Source, what: str, text: str) -> str:
    """The name of one of these statements: another one for another text. `what`: `dead-letters` or `dead-letter-room`."""
    return naming.statement(environment, f"{source.name}-{what}", text)
