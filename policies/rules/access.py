"""Who may do what on Confluent: exactly what the job needs."""

import re
from collections import Counter
from collections.abc import Iterator

from policies.graph import UNKNOWN, Graph, Resource
from policies.rule import confluent, whole

POWERFUL = ("OrganizationAdmin", "EnvironmentAdmin", "CloudClusterAdmin", "ResourceOwner", "AccountAdmin")
TRUSTED = ("deployer", "ci")  # the identities that make things
READERS = ("operator", "flink-runner")
IDENTITY = "cdc:confluent:Identity"  # the component that every identity of the stack is


def bindings(graph: Graph) -> list[Resource]:
    """Every role binding."""
    return graph.confluent("roleBinding")


def consumers(graph: Graph) -> set[str]:
    """Identities that are neither ours nor a machine's: consumers."""
    own = {"deployer", "connector", "flink-runner", "operator", "redriver", "ci"}
    return {r.name for r in graph if r.token == IDENTITY} - own


def scope(binding: Resource) -> str:
    """The CRN, empty while it is unknown."""
    return str(binding.known("crnPattern") or "")


def too_powerful(graph: Graph) -> Iterator[tuple[str, str]]:
    for binding in bindings(graph):
        if binding.get("roleName") in POWERFUL and binding.parent not in TRUSTED:
            yield binding.name, f"{binding.parent} is {binding.get('roleName')}"


def organization_wide(graph: Graph) -> Iterator[tuple[str, str]]:
    for binding in bindings(graph):
        if re.fullmatch(r"crn://confluent\.cloud/organization=[^/]+", scope(binding)):
            yield binding.name, "holds for the whole organization"


def developer_scope(graph: Graph) -> Iterator[tuple[str, str]]:
    wanted = re.compile(r"/(topic|group|transactional-id|subject|kek)=[^/]+$")
    for binding in bindings(graph):
        if (
            str(binding.get("roleName")).startswith("Developer")
            and scope(binding)
            and not wanted.search(scope(binding))
        ):
            yield (
                binding.name,
                "a Developer role needs a topic, group, transactional id or subject: the service answers 400",
            )


def cluster_admin_scope(graph: Graph) -> Iterator[tuple[str, str]]:
    for binding in bindings(graph):
        if binding.get("roleName") == "CloudClusterAdmin" and scope(binding) and "/kafka=" in scope(binding):
            yield binding.name, "CloudClusterAdmin belongs to …/cloud-cluster=lkc-x, without /kafka="


def consumers_read_only(graph: Graph) -> Iterator[tuple[str, str]]:
    for binding in bindings(graph):
        # Its own dead letters are what a consumer may write.
        own = binding.get("roleName") == "DeveloperWrite" and scope(binding).endswith(
            f"/topic=dead-letter-{binding.parent}"
        )
        if binding.parent in consumers(graph) and binding.get("roleName") != "DeveloperRead" and not own:
            yield binding.name, f"a consumer has the role {binding.get('roleName')}"


def consumers_exact(graph: Graph) -> Iterator[tuple[str, str]]:
    for binding in bindings(graph):
        if binding.parent in consumers(graph) and re.search(r"/topic=[^/]*\*$", scope(binding)):
            yield binding.name, "a consumer reads topics by a prefix"


def raw_readers(graph: Graph) -> Iterator[tuple[str, str]]:
    for binding in bindings(graph):
        raw = re.search(r"/topic=(raw-|\*$)", scope(binding)) and binding.parent not in READERS
        # Dead letters are written back by an account that cannot read what it writes to.
        redriving = binding.parent == "redriver" and binding.get("roleName") == "DeveloperWrite"
        if raw and not redriving:
            yield binding.name, f"{binding.parent} reads raw topics"


def runner_transactions(graph: Graph) -> Iterator[tuple[str, str]]:
    mine = [b for b in bindings(graph) if b.parent == "flink-runner" and "/transactional-id=" in scope(b)]
    known = [b for b in bindings(graph) if b.parent == "flink-runner" and scope(b)]
    roles = {b.get("roleName") for b in mine if scope(b).endswith("_confluent-flink_*")}
    basic = any(c.get("basic") is not None for c in graph.confluent("kafkaCluster"))
    if known and not basic and not {"DeveloperRead", "DeveloperWrite"} <= roles:
        yield "flink-runner", "may not use Flink's transactional ids: statements fail"


def assigner(graph: Graph) -> Iterator[tuple[str, str]]:
    found = [b for b in bindings(graph) if b.get("roleName") == "Assigner"]
    if graph.confluent("flinkStatement") and not found:
        yield "deployer", "may not run statements as the runner"
    for binding in found:
        if scope(binding) and "/service-account=" not in scope(binding):
            yield binding.name, "may run statements as anybody"


def shared_accounts(graph: Graph) -> Iterator[tuple[str, str]]:
    owners = Counter(key.get("displayName") for key in graph.confluent("apiKey"))
    for name, count in owners.items():
        if count > 1:
            yield str(name), f"{count} keys have this name"
    accounts = Counter(a.get("displayName") for a in graph.confluent("serviceAccount"))
    for name, count in accounts.items():
        if count > 1:
            yield str(name), f"{count} accounts have this name"


def acl_wide(resource: Resource) -> bool:
    return resource.get("principal") not in ("User:*", "*") and resource.get("operation") != "ALL"


def acl_topic(resource: Resource) -> bool:
    return not (resource.get("resourceType") == "TOPIC" and resource.get("resourceName") == "*" and resource.get("operation") != "READ" and resource.get("operation") != "DESCRIBE")  # fmt: skip


def keys_after_roles(graph: Graph) -> Iterator[tuple[str, str]]:
    for key in graph.confluent("apiKey"):
        mine = {b.name for b in bindings(graph) if b.parent == key.parent}
        if key.dependencies and mine - key.dependencies:
            yield key.name, "is made before its owner's roles: it answers 403, and destroy fails"


def pool_scope(graph: Graph) -> Iterator[tuple[str, str]]:
    for pool in graph.confluent("identityPool"):
        text = str(pool.get("filter"))
        if "claims.sub" not in text or "*" in text:
            yield pool.name, "lets any workflow in"


def quotas(graph: Graph) -> Iterator[tuple[str, str]]:
    dedicated = [c for c in graph.confluent("kafkaCluster") if c.get("dedicated") is not None]
    if dedicated and len(graph.confluent("kafkaClientQuota")) < len(consumers(graph)):
        yield dedicated[0].name, "consumers have no quota"


RULES = (
    whole("ACC-01", "only the deployer and CI administer", "use Developer roles", too_powerful),
    whole("ACC-02", "no role holds for the whole organization", "bind it to the environment or narrower", organization_wide),
    whole("ACC-03", "Developer roles have a resource", "bind to …/kafka=lkc-x/topic=NAME", developer_scope),
    whole("ACC-04", "CloudClusterAdmin is bound to the cluster", "use cluster.rbac_crn as it is", cluster_admin_scope),
    whole("ACC-05", "consumers read, and write their own dead letters alone", "use DeveloperRead", consumers_read_only),
    whole("ACC-06", "consumers read exact topics", "name the topic", consumers_exact),
    whole("ACC-07", "only Flink and operators read raw topics", "give the consumer a route", raw_readers),
    whole("ACC-08", "the runner may use Flink's transactions", "bind DeveloperRead and DeveloperWrite on _confluent-flink_*", runner_transactions),
    whole("ACC-09", "the deployer is Assigner of the runner only", "bind Assigner to …/service-account=<runner>", assigner),
    whole("ACC-10", "accounts and keys are not shared", "one account per job, one key per use", shared_accounts),
    confluent("ACC-11", "apiKey", "keys belong to service accounts", "set owner to a ServiceAccount", lambda r: r.get("owner.kind") in ("ServiceAccount", UNKNOWN)),
    confluent("ACC-12", "apiKey", "keys are for one resource", "set managed_resource", lambda r: bool(r.get("managedResource"))),
    confluent("ACC-13", "apiKey", "a key says who uses it", "set description", lambda r: bool(r.get("description"))),
    whole("ACC-14", "keys are made after their owner's roles", "depends_on the bindings", keys_after_roles),
    confluent("ACC-15", "kafkaAcl", "no ACL is for everybody or for everything", "name principal and operation", acl_wide),
    confluent("ACC-16", "kafkaAcl", "no ACL writes to all topics", "name the topic or a prefix", acl_topic),
    whole("ACC-17", "CI signs in from one repository and environment", "filter on claims.sub", pool_scope),
    whole("ACC-18", "consumers of a Dedicated cluster have quotas", "declare KafkaClientQuota", quotas),
    confluent("ACC-19", "serviceAccount", "an account says what it is for", "set description", lambda r: bool(r.get("description"))),
)  # fmt: skip
