"""The Confluent resource names (CRN) that role bindings point at."""

import pulumi


def kafka(rbac_crn: pulumi.Input[str], cluster: pulumi.Input[str], kind: str, name: str) -> pulumi.Output[str]:
    """`…/cloud-cluster=lkc-x/kafka=lkc-x/topic=NAME`; a trailing `*` in the name is a prefix."""
    return pulumi.Output.concat(rbac_crn, "/kafka=", cluster, f"/{kind}={name}")


def subject(registry_crn: pulumi.Input[str], subject: str) -> pulumi.Output[str]:
    """`…/schema-registry=lsrc-x/subject=NAME`."""
    return pulumi.Output.concat(registry_crn, f"/subject={subject}")


def account(organization_crn: pulumi.Input[str], account: pulumi.Input[str]) -> pulumi.Output[str]:
    """`…/service-account=sa-x`."""
    return pulumi.Output.concat(organization_crn, "/service-account=", account)
