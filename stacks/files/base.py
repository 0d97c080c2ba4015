"""What all models of settings and routes share: frozen, strict, closed, camelCase in files."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A part of a file people write. Unknown keys and values of another type are findings."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


# Kafka permits 249 characters; 200 leaves room for what Flink and Connect append to a topic's name.
TopicName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=48)]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=63)]
# What PostgreSQL takes in quotes, without what a list of tables, a topic or a statement would take for something else.
QUOTABLE = r"[^\x00-\x1f\x7f\"'`,.\\/*?<>|^$()\[\]{}+]"
DatabaseName = Annotated[str, StringConstraints(pattern=rf"^{QUOTABLE}+$", max_length=63)]
TableName = Annotated[str, StringConstraints(pattern=rf"^{QUOTABLE}+\.{QUOTABLE}+$", max_length=127)]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", max_length=20)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", max_length=253)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$", max_length=63)]
