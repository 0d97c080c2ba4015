"""Checks of the Confluent Cloud account."""

from collections.abc import Iterator

from cli.doctor.facts import Skipped
from cli.preflight.accounts import Accounts
from cli.preflight.check import Check, Finding
from cli.preflight.here import elsewhere

MAKER = "OrganizationAdmin"


class CloudKeyWorks(Check):
    """The Cloud API key in the environment is one that Confluent knows."""

    area = "confluent"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        status = accounts.greeting.status_code
        if status in (401, 403):
            yield Finding(
                f"Confluent answers {status} to the Cloud API key",
                "the `up` would stop at its first resource of Confluent",
                "confluent api-key create --resource cloud, then export CONFLUENT_CLOUD_API_KEY and _SECRET",
            )


class CloudKeyMayMakeThings(Check):
    """The Cloud API key belongs to somebody who may make environments, accounts and role bindings: OrganizationAdmin."""

    area = "confluent"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        elsewhere(accounts)
        answer = accounts.ask_confluent(f"/iam/v2/api-keys/{accounts.pair()[0]}")
        if answer.status_code != 200:
            raise Skipped(f"Confluent does not show whose key it is ({answer.status_code})")
        owner = answer.json()["spec"]["owner"]["id"]
        crn = f"{accounts.organization}/*"
        held = accounts.listed("/iam/v2/role-bindings", principal=f"User:{owner}", crn_pattern=crn, page_size="100")
        roles = sorted({one["role_name"] for one in held})
        if MAKER not in roles:
            yield Finding(
                f"the key's owner {owner} holds {', '.join(roles) or 'no role'}, and not {MAKER}",
                "the `up` would stop at the environment, or at the first role binding (403)",
                f"confluent iam rbac role-binding create --principal User:{owner} --role {MAKER}",
            )


class EnvironmentIsNew(Check):
    """No environment of Confluent has this stack's name already."""

    area = "confluent"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        name = accounts.settings.environment.name
        if accounts.stands:
            raise Skipped("the stack has been applied")
        taken = [
            one["id"] for one in accounts.listed("/org/v2/environments", page_size="100") if one["display_name"] == name
        ]
        if taken:
            yield Finding(
                f"there is an environment {name} already ({taken[0]})",
                "the `up` would stop at the environment, or make a second one of that name",
                f"another cdc-streaming:environment.name, or: confluent environment delete {taken[0]}",
            )


class FlinkIsInTheRegion(Check):
    """Confluent runs Flink in the stack's region."""

    area = "confluent"

    def look(self, accounts: Accounts) -> Iterator[Finding]:
        region = accounts.settings.kafka.region
        if not accounts.listed("/fcpm/v2/regions", cloud="AWS", region_name=region):
            yield Finding(
                f"Confluent has no Flink in AWS {region}",
                "the `up` would stop before its first resource, where it looks the region up",
                "confluent flink region list --cloud aws, then another kafka.region",
            )
