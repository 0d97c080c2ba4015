"""What all models of settings and routes share: frozen, strict, closed, camelCase in files."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A part of a file people write. Unknown keys and values of another type are faults."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )


def matching(pattern: str, meaning: str, longest: int, **more: Any) -> Any:  # noqa: ANN401 - a type, built
    """A string type that says in words what it accepts."""
    rule = StringConstraints(pattern=pattern, min_length=1, max_length=longest)
    return Annotated[str, rule, Field(description=meaning, **more)]


# Kafka permits 249 characters; 200 leaves room for what Flink and Connect append to a topic's name.
TopicName = matching(r"^[a-z0-9][a-z0-9._-]*$", "letters a-z, digits, dots, underscores and hyphens", 200)
Slug = matching(r"^[a-z][a-z0-9-]*$", "letters a-z, digits and hyphens, a letter first", 48)
ColumnName = matching(r"^[A-Za-z_][A-Za-z0-9_]*$", "a column name: letters, digits and underscores", 63)
TableName = matching(r"^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$", "schema.table", 127)
