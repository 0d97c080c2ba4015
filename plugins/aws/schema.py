"""AWS resource types: Pulumi's token and names ⇄ the Terraform type and names they are bridged from.

schema.json holds, per token, the Terraform type and its fields (recorded from the provider's own schema; three types
that record lacks are added from its documentation). A field is `req|opt|computed|opt+computed TYPE`, or a block.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

# Names that the bridge does not derive from the Terraform name.
RENAMED = {
    ("aws_lambda_function", "function_name"): "name",
    ("aws_lambda_function", "filename"): "code",
    ("aws_lambda_permission", "function_name"): "function",
    ("aws_cloudwatch_metric_alarm", "alarm_name"): "name",
    ("aws_sns_topic_subscription", "topic_arn"): "topic",
}


@cache
def schema() -> dict[str, dict[str, Any]]:
    """Token (without `aws:`) → {type, fields}."""
    return json.loads((Path(__file__).parent / "schema.json").read_text())


def camel(name: str) -> str:
    """`publicly_accessible` → `publiclyAccessible`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def plural(name: str) -> str:
    """As the bridge does it: `auth` → `auths`, `dns_entry` → `dns_entries`, `ingress` stays."""
    if name.endswith("s"):
        return name
    return re.sub("y$", "ies", name) if re.search("[^aeiou]y$", name) else name + "s"


def is_list(raw: Any) -> bool:
    """Lists and sets get plural names; a block that may stand once does not."""
    if isinstance(raw, dict):
        return raw["_nesting"] in ("list", "set") and raw["_max"] != 1
    return raw.partition(" ")[2].startswith(('["list"', '["set"'))


def pulumi_name(terraform_type: str, name: str, raw: Any) -> str:
    """The property that a Terraform field became."""
    if (terraform_type, name) in RENAMED:
        return RENAMED[terraform_type, name]
    return camel(plural(name) if is_list(raw) else name)


def properties(terraform_type: str, fields: dict[str, Any]) -> dict[str, str]:
    """Pulumi's names → Terraform's, of a type or of a block in it (then the type is empty)."""
    return {pulumi_name(terraform_type, name, raw): name for name, raw in fields.items() if not name.startswith("_")}
