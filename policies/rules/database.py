"""Aurora and RDS Proxy."""

from collections.abc import Callable, Iterator
from typing import Any

from policies.graph import Graph, Resource
from policies.rule import aws, prod, whole

ADMINS = ("postgres", "admin", "root", "rdsadmin")


def parameter(group: Resource, name: str) -> Any:
    """A parameter's value."""
    found = [p.get("value") for p in group.get("parameters") or [] if p.get("name") == name]
    return found[0] if found else None


def number(value: Any) -> int:
    """A whole number, 0 for what is none."""
    return int(value) if str(value).isdigit() else 0


def parameters(name: str, wanted: str) -> Callable[[Resource], bool]:
    return lambda r: parameter(r, name) == wanted


def readers(graph: Graph) -> Iterator[tuple[str, str]]:
    for cluster in graph.aws("rds/cluster"):
        if len(graph.aws("rds/clusterInstance")) < 2:
            yield cluster.name, "has one instance: a failover takes up to ten minutes"


def exposed(graph: Graph) -> Iterator[tuple[str, str]]:
    for instance in graph.aws("rds/clusterInstance"):
        if instance.get("publiclyAccessible") is not False:
            yield instance.name, "has a public address"


def guarded_exposure(graph: Graph) -> Iterator[tuple[str, str]]:
    public = [i for i in graph.aws("rds/clusterInstance") if i.get("publiclyAccessible") is not False]
    allowed = [g for g in graph.aws("ec2/securityGroup") if g.get("ingress")]
    if public and not allowed:
        yield public[0].name, "is public, but no group says from where"


def borrow_fits(graph: Graph) -> Iterator[tuple[str, str]]:
    limits = [
        f.get("timeout")
        for f in graph.aws("lambda/function")
        if "DATABASE_AUTH" in (f.get("environment.variables") or {})
    ]
    for pool in graph.aws("rds/proxyDefaultTargetGroup"):
        wait = pool.get("connectionPoolConfig.connectionBorrowTimeout") or 120
        if any(number(limit) <= wait for limit in limits):
            yield pool.name, f"callers wait {wait} s for a connection, longer than the function may run"


RULES = (
    aws("RDS-01", "rds/cluster", "storage is encrypted", "set storage_encrypted=True", lambda r: r.get("storageEncrypted") is True),
    aws("RDS-02", "rds/cluster", "with a customer key", "set kms_key_id", lambda r: bool(r.get("kmsKeyId"))),
    aws("RDS-03", "rds/cluster", "IAM authentication is on", "set iam_database_authentication_enabled=True", lambda r: r.get("iamDatabaseAuthenticationEnabled") is True),
    prod(aws("RDS-04", "rds/cluster", "prod is protected from deletion", "set protect: true", lambda r: r.get("deletionProtection") is True and r.protect)),
    prod(aws("RDS-05", "rds/cluster", "prod leaves a last snapshot", "set skip_final_snapshot=False", lambda r: r.get("skipFinalSnapshot") is False)),
    aws("RDS-06", "rds/cluster", "backups are kept for a week", "set backend.backupDays to 7 or more", lambda r: number(r.get("backupRetentionPeriod")) >= 7),
    prod(aws("RDS-07", "rds/cluster", "prod's backups are kept for two weeks", "set backend.backupDays to 14 or more", lambda r: number(r.get("backupRetentionPeriod")) >= 14)),
    aws("RDS-08", "rds/cluster", "the log is exported", "set enabled_cloudwatch_logs_exports=['postgresql']", lambda r: "postgresql" in (r.get("enabledCloudwatchLogsExports") or [])),
    aws("RDS-09", "rds/cluster", "snapshots keep their tags", "set copy_tags_to_snapshot=True", lambda r: r.get("copyTagsToSnapshot") is True),
    aws("RDS-10", "rds/cluster", "RDS keeps the owner's password", "set manage_master_user_password=True and no master_password", lambda r: r.get("manageMasterUserPassword") is True and not r.get("masterPassword")),
    aws("RDS-11", "rds/cluster", "the owner has no default name", "choose another master_username", lambda r: r.get("masterUsername") not in ADMINS),
    aws("RDS-12", "rds/cluster", "major versions are not upgraded in passing", "set allow_major_version_upgrade=False: slots must be dropped first", lambda r: r.get("allowMajorVersionUpgrade") is False),
    aws("RDS-13", "rds/clusterParameterGroup", "TLS is forced", "set rds.force_ssl=1", parameters("rds.force_ssl", "1")),
    aws("RDS-14", "rds/clusterParameterGroup", "logical replication is on", "set rds.logical_replication=1", parameters("rds.logical_replication", "1")),
    aws("RDS-15", "rds/clusterParameterGroup", "there are slots and senders to spare", "set max_replication_slots and max_wal_senders to 5 or more", lambda r: min(number(parameter(r, "max_replication_slots")), number(parameter(r, "max_wal_senders"))) >= 5),
    aws("RDS-16", "rds/clusterParameterGroup", "statements can be audited", "add pgaudit to shared_preload_libraries", lambda r: "pgaudit" in str(parameter(r, "shared_preload_libraries"))),
    aws("RDS-17", "rds/clusterParameterGroup", "DDL and slow statements are logged", "set log_statement and log_min_duration_statement", lambda r: bool(parameter(r, "log_statement")) and bool(parameter(r, "log_min_duration_statement"))),
    prod(whole("RDS-18", "prod's database is not public", "use backend.connectivity privatelink", exposed)),
    whole("RDS-19", "a public database names who may come", "give it a group with Confluent's egress ranges", guarded_exposure),
    prod(whole("RDS-20", "prod has a reader", "set backend.instances to 2 or more", readers)),
    aws("RDS-21", "rds/clusterInstance", "performance insights are on, encrypted", "set performance_insights_enabled and its key", lambda r: r.get("performanceInsightsEnabled") is True and bool(r.get("performanceInsightsKmsKeyId"))),
    aws("RDS-22", "rds/clusterInstance", "the operating system is monitored", "set monitoring_interval", lambda r: number(r.get("monitoringInterval")) > 0),
    aws("RDS-23", "rds/clusterInstance", "minor versions come by themselves", "set auto_minor_version_upgrade=True", lambda r: r.get("autoMinorVersionUpgrade") is True),
    aws("RDS-24", "rds/clusterInstance", "the certificate is of the present authority", "set ca_cert_identifier=rds-ca-rsa2048-g1", lambda r: r.get("caCertIdentifier") in ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")),
    aws("RDS-25", "rds/proxy", "the proxy requires TLS", "set require_tls=True", lambda r: r.get("requireTls") is True),
    aws("RDS-26", "rds/proxy", "callers of the proxy sign in by IAM", "set iam_auth=REQUIRED", lambda r: all(a.get("iamAuth") == "REQUIRED" for a in r.get("auths") or [{}])),
    aws("RDS-27", "rds/proxy", "the proxy does not log statements", "set debug_logging=False", lambda r: r.get("debugLogging") is False),
    aws("RDS-28", "rds/proxy", "idle callers are let go", "set idle_client_timeout", lambda r: number(r.get("idleClientTimeout")) > 0),
    whole("RDS-29", "waiting for a connection ends before the function does", "lower connection_borrow_timeout", borrow_fits),
    aws("RDS-30", "rds/proxyDefaultTargetGroup", "the proxy leaves connections for the connector", "set max_connections_percent to 80 or less", lambda r: 0 < number(r.get("connectionPoolConfig.maxConnectionsPercent")) <= 80),
)  # fmt: skip
