"""Aurora PostgreSQL: logical replication, TLS only, encrypted, a password that RDS keeps, and its roles' secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.iam import trusts
from stacks.components.base import Component
from stacks.settings.source_database import API_USER, CDC_USER, AuroraBackend

PORT = 5432
ENGINE = "aurora-postgresql"
OWNER = "events_owner"
CA = "rds-ca-rsa2048-g1"
# Static parameters take effect at a reboot, the others at once. Slots and senders: the connector, a replacement, spare.
# rds.force_ssl is on by default from Aurora PostgreSQL 17: AWS then keeps pending-reboot, whatever was asked for, and every plan
# would show a change (hashicorp/terraform-provider-aws#39252).
STATIC = {
    "rds.logical_replication": "1",
    "rds.force_ssl": "1",
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "max_replication_slots": "10",
    "max_wal_senders": "10",
}
DYNAMIC = {"log_statement": "ddl", "log_min_duration_statement": "1000"}


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseArgs:
    """Where the cluster lives, who may reach it, and the passwords of its two users (secret). `after`: a way out of the VPC.

    `first`: there is no cluster yet, so its version and instance class must be on offer.
    """

    context: AwsContext
    settings: AuroraBackend
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    public: bool
    first: bool
    passwords: Mapping[str, pulumi.Input[str]]
    after: Sequence[pulumi.Resource] = ()


class Database(Component):
    """The cluster, its instances, and a secret per user. Its endpoint is the writer's, never a proxy's."""

    TYPE = "cdc:aws:Database"
    cluster: aws.rds.Cluster
    instances: list[aws.rds.ClusterInstance]
    secrets: dict[str, aws.secretsmanager.Secret]
    versions: dict[str, aws.secretsmanager.SecretVersion]
    owner_secret: pulumi.Output[str]

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        context = args.context
        group = aws.rds.SubnetGroup(
            f"{name}-subnets", name=context.name("events"), subnet_ids=list(args.subnets), opts=self.child()
        )
        self.cluster = self.make_cluster(args, group, self.parameters(args))
        role, rights = self.monitoring_role(context)
        after = [rights, *args.after]
        self.instances = [self.instance(n, args, role, after) for n in range(args.settings.instances)]
        self.versions = {}
        self.secrets = {user: self.secret(user, args) for user in (CDC_USER, API_USER)}
        self.owner_secret = self.cluster.master_user_secrets.apply(lambda found: found[0].secret_arn or "")
        self.register_outputs({"endpoint": self.cluster.endpoint})

    def parameters(self, args: DatabaseArgs) -> aws.rds.ClusterParameterGroup:
        """The cluster's parameters."""
        major = args.settings.engine_version.split(".")[0]
        applied = {**dict.fromkeys(STATIC, "pending-reboot"), **dict.fromkeys(DYNAMIC, "immediate")}
        parameters = [
            aws.rds.ClusterParameterGroupParameterArgs(name=key, value=value, apply_method=applied[key])
            for key, value in {**STATIC, **DYNAMIC}.items()
        ]
        return aws.rds.ClusterParameterGroup(
            f"{self.name}-parameters",
            name=args.context.name(f"events-{major}"),
            family=f"aurora-postgresql{major}",
            description="Logical replication, TLS only, DDL and slow statements logged",
            parameters=parameters,
            opts=self.child(),
        )

    def make_cluster(
        self, args: DatabaseArgs, group: aws.rds.SubnetGroup, parameters: aws.rds.ClusterParameterGroup
    ) -> aws.rds.Cluster:
        """The cluster. A protected one keeps a last snapshot."""
        context, settings = args.context, args.settings
        return aws.rds.Cluster(
            f"{self.name}-cluster",
            cluster_identifier=context.name("events", 63),
            engine=ENGINE,
            engine_version=self.version(args),
            database_name=settings.database,
            port=PORT,
            master_username=OWNER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            iam_database_authentication_enabled=True,
            db_subnet_group_name=group.name,
            vpc_security_group_ids=list(args.groups),
            db_cluster_parameter_group_name=parameters.name,
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            backup_retention_period=settings.backup_days,
            preferred_backup_window="03:00-04:00",
            preferred_maintenance_window="mon:04:30-mon:05:30",
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=context.protect,
            skip_final_snapshot=not settings.final_snapshot,
            final_snapshot_identifier=context.name("events-final", 63) if settings.final_snapshot else None,
            # A new major version must wait until the connector's slot is dropped: docs/runbooks/slot.md.
            allow_major_version_upgrade=False,
            apply_immediately=not context.protect,
            # RDS upgrades minor versions by itself: going back to the one in the settings is refused.
            # Without the group, RDS makes one that is not encrypted with our key and never ends.
            opts=self.child(protect=context.protect, ignore_changes=["engineVersion"], depends_on=[self.logs(args)]),
        )

    def version(self, args: DatabaseArgs) -> pulumi.Input[str]:
        """The engine's version. AWS withdraws old ones, and not every class runs every one: asked before a cluster is made.

        The look-up fails then with the provider's own words (docs/deploy.md says which), and nothing is made.
        """
        wanted = args.settings.engine_version
        if not args.first:
            return wanted
        asking = pulumi.InvokeOutputOptions(parent=self)
        found = aws.rds.get_orderable_db_instance_output(
            engine=ENGINE, engine_version=wanted, instance_class=args.settings.instance_class, vpc=True, opts=asking
        )
        return found.engine_version.apply(lambda offered: offered or wanted)

    def logs(self, args: DatabaseArgs) -> aws.cloudwatch.LogGroup:
        """Where PostgreSQL's exported log goes."""
        return aws.cloudwatch.LogGroup(
            f"{self.name}-logs",
            name=f"/aws/rds/cluster/{args.context.name('events', 63)}/postgresql",
            retention_in_days=args.context.log_days,
            kms_key_id=args.key_arn,
            opts=self.child(),
        )

    def monitoring_role(self, context: AwsContext) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        """Enhanced monitoring writes the operating system's metrics as this role, with these rights."""
        role = aws.iam.Role(
            f"{self.name}-monitoring",
            name=context.name("monitoring"),
            assume_role_policy=trusts("monitoring.rds.amazonaws.com", context.account),
            opts=self.child(),
        )
        rights = aws.iam.RolePolicyAttachment(
            f"{self.name}-monitoring-rights",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
            opts=self.child(),
        )
        return role, rights

    def instance(
        self, number: int, args: DatabaseArgs, role: aws.iam.Role, after: Sequence[pulumi.Resource]
    ) -> aws.rds.ClusterInstance:
        """One instance. AWS spreads them over the zones of the subnet group.

        RDS refuses a monitoring role without its rights, and a public instance in a VPC without a way out.
        """
        return aws.rds.ClusterInstance(
            f"{self.name}-{number}",
            identifier=args.context.name(f"events-{number}", 63),
            cluster_identifier=self.cluster.id,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            engine_version=self.cluster.engine_version,
            instance_class=args.settings.instance_class,
            promotion_tier=number,
            publicly_accessible=args.public,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            monitoring_interval=60,
            monitoring_role_arn=role.arn,
            auto_minor_version_upgrade=True,
            ca_cert_identifier=CA,
            copy_tags_to_snapshot=True,
            apply_immediately=not args.context.protect,
            opts=self.child(protect=args.context.protect, ignore_changes=["engineVersion"], depends_on=after),
        )

    def secret(self, user: str, args: DatabaseArgs) -> aws.secretsmanager.Secret:
        """A user's name and password. The name gets a suffix: a deleted secret blocks its name for days."""
        label = user.replace("_", "-")
        secret = aws.secretsmanager.Secret(
            f"{self.name}-{label}",
            name_prefix=f"{args.context.name(f'{label}-user')}-",
            description=f"PostgreSQL user {user}",
            kms_key_id=args.key_arn,
            recovery_window_in_days=30 if args.context.protect else 7,
            opts=self.child(protect=args.context.protect),
        )
        self.versions[user] = aws.secretsmanager.SecretVersion(
            f"{self.name}-{label}-value",
            secret_id=secret.id,
            secret_string=pulumi.Output.json_dumps({"username": user, "password": args.passwords[user]}),
            opts=self.child(),
        )
        return secret
