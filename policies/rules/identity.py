"""IAM roles and policy documents, and the key."""

from collections.abc import Iterator
from typing import Any

from policies.graph import Graph, Resource
from policies.rule import aws, prod, whole

# Actions that AWS knows no narrower resource for.
WIDE = {"elasticloadbalancing:DescribeTargetHealth"}
FORBIDDEN = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")


def listed(value: Any) -> list[str]:
    """One or many, as a list."""
    return value if isinstance(value, list) else [value]


def statements(resource: Resource) -> list[dict[str, Any]]:
    """What a policy allows."""
    return [s for s in resource.document() if s.get("Effect") == "Allow"]


def no_star_action(resource: Resource) -> bool:
    return all(
        action != "*" and not action.endswith(":*") for s in statements(resource) for action in listed(s["Action"])
    )


def narrow(resource: Resource) -> bool:
    return all("*" not in listed(s["Resource"]) or set(listed(s["Action"])) <= WIDE for s in statements(resource))


def no_escalation(resource: Resource) -> bool:
    bad = ("iam:", "sts:AssumeRole", "lambda:UpdateFunctionCode", "organizations:")
    return not any(action.startswith(bad) for s in statements(resource) for action in listed(s["Action"]))


def named_user(resource: Resource) -> bool:
    for s in statements(resource):
        if "rds-db:connect" in listed(s["Action"]) and any(
            r.endswith("/*") or ":*" in r for r in listed(s["Resource"])
        ):
            return False
    return True


def trusted(resource: Resource) -> bool:
    found = resource.document("assumeRolePolicy")
    return all(s.get("Principal") != "*" and (s.get("Principal") or {}).get("AWS") != "*" for s in found)


# Services that are not documented to send aws:SourceAccount when they assume a role: Lambda, and RDS for a proxy.
SAY_NOBODY = ("lambda.amazonaws.com", "rds.amazonaws.com")


def deputies(graph: Graph) -> Iterator[tuple[str, str]]:
    for role in graph.aws("iam/role"):
        for s in role.document("assumeRolePolicy"):
            service = (s.get("Principal") or {}).get("Service", "")
            if service not in ("", *SAY_NOBODY) and not s.get("Condition"):
                yield role.name, f"trusts {service} on behalf of any account"


def key_principals(resource: Resource) -> bool:
    for s in resource.document():
        principal = s.get("Principal")
        if principal == "*" or (isinstance(principal, dict) and principal.get("AWS") == "*"):
            return False
        if isinstance(principal, dict) and "Service" in principal and not s.get("Condition"):
            return False
    return True


RULES = (
    aws("IAM-01", "iam/rolePolicy", "no action is *", "name the actions", no_star_action),
    aws("IAM-02", "iam/rolePolicy", "resources are named", "name the resources", narrow),
    aws("IAM-03", "iam/rolePolicy", "nobody can give himself more", "remove the action", no_escalation),
    aws("IAM-04", "iam/rolePolicy", "rds-db:connect names the user", "use …:dbuser:<proxy>/<user>", named_user),
    aws("IAM-05", "iam/rolePolicyAttachment", "no administrator's policies", "write the policy that is needed", lambda r: not str(r.get("policyArn")).endswith(FORBIDDEN)),
    aws("IAM-06", "iam/role", "roles are not for everybody", "name the service or account in the trust policy", trusted),
    whole("IAM-07", "services act for this account only", "add a condition on aws:SourceAccount", deputies),
    aws("KMS-01", "kms/key", "keys rotate", "set enable_key_rotation=True", lambda r: r.get("enableKeyRotation") is True),
    aws("KMS-02", "kms/key", "a key's deletion can be taken back", "set deletion_window_in_days to 14 or more", lambda r: (r.get("deletionWindowInDays") or 0) >= 14),
    aws("KMS-03", "kms/key", "a key has a policy that names its users", "set policy, services with a condition", lambda r: bool(r.get("policy")) and key_principals(r)),
    prod(aws("KMS-04", "kms/key", "prod's key is protected", "set protect: true", lambda r: r.protect)),
)  # fmt: skip
