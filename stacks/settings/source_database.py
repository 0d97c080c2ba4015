"""The source database, as a union: one that exists already, or Aurora with all that it needs."""

import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stacks.files.base import DatabaseName, Host, Model
from stacks.settings.root_certificate import RootCertificate

CDC_USER, API_USER = "cdc", "events_api"  # made by schemas/postgres/001_roles.sql
SslMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]


def a_network(text: str) -> str:
    """An IPv4 network between /16 and /24: smaller ones have no room for the subnets, AWS knows no larger ones."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise ValueError(f"not an IPv4 network: {error}") from error
    if not 16 <= network.prefixlen <= 24:
        raise ValueError("the network must be between /16 and /24")
    return text


Cidr = Annotated[str, AfterValidator(a_network)]
# A name (us-east-1a) means another place in each account, an id (use1-az4) the same everywhere.
ZONE_ID = re.compile(r"^[a-z]{3,7}\d-az\d{1,2}$")
Zone = Annotated[str, StringConstraints(pattern=rf"^[a-z]{{2}}(-[a-z]+)+-\d[a-z]$|{ZONE_ID.pattern}")]
SubnetId = Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-f]{8,17}$")]
VpcId = Annotated[str, StringConstraints(pattern=r"^vpc-[0-9a-f]{8,17}$")]


def provisioned(name: str) -> str:
    """Aurora refuses serverless instances in a cluster without a scaling configuration, which this program does not declare."""
    if name == "db.serverless":
        raise ValueError(
            "serverless needs a scaling configuration, which is not supported: name a class such as db.t4g.medium"
        )
    return name


InstanceClass = Annotated[
    str, StringConstraints(pattern=r"^db\.(serverless|[a-z0-9]+\.[a-z0-9]+)$"), AfterValidator(provisioned)
]


class Verification(Model):
    """How a connection to the database is encrypted, and who must vouch for the server: `verify-ca` and `verify-full` ask these authorities.

    `sslRootCertificate` is a file of this repository, `certificates/NAME.pem`.
    """

    ssl_mode: SslMode = "require"
    ssl_root_certificate: RootCertificate | None = None

    @model_validator(mode="after")
    def verifies_by_something(self) -> Self:
        if self.ssl_mode.startswith("verify-") and self.ssl_root_certificate is None:
            raise ValueError(
                f"sslMode {self.ssl_mode} needs sslRootCertificate: the authorities that vouch for the server"
            )
        if self.ssl_root_certificate and not self.ssl_mode.startswith("verify-"):
            raise ValueError(f"sslRootCertificate is not asked with sslMode {self.ssl_mode}: use verify-full")
        return self


class PostgresBackend(Verification):
    """A PostgreSQL that exists already. The host must be the writer: replication does not pass a proxy."""

    kind: Literal["postgres"]
    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 5432
    database: DatabaseName
    user: DatabaseName = CDC_USER

    @model_validator(mode="after")
    def is_a_writer(self) -> "PostgresBackend":
        if ".proxy-" in self.host:
            raise ValueError("host is an RDS Proxy, which refuses replication: use the cluster's writer endpoint")
        return self


class NewVpc(Model):
    """A VPC of its own: one public and one private subnet in each zone.

    `zones`: by name (`us-east-1a`), or by id (`use1-az4`), which means the same place in every account.
    """

    kind: Literal["new"]
    cidr: Cidr = "10.20.0.0/16"
    zones: Annotated[list[Zone], Field(min_length=2, max_length=4)]


class ExistingVpc(Model):
    """A VPC that exists already. The subnets are looked up in it before anything is made.

    `endpoints: false`: it has the interface endpoints of Secrets Manager (and, private, of load balancing) already.
    """

    kind: Literal["existing"]
    id: VpcId
    private_subnets: Annotated[list[SubnetId], Field(min_length=2)]
    public_subnets: list[SubnetId] = Field(default=[])
    endpoints: bool = True


class PublicAccess(Model):
    """Aurora has a public address, which only Confluent's egress ranges may use, and TLS only.

    `rules`: how many rules a security group may have in this account (AWS's quota L-0EA8095F): one range each.
    """

    kind: Literal["public"]
    rules: Annotated[int, Field(ge=1, le=1000)] = 60


class PrivateLink(Model):
    """Nothing is public: Confluent reaches Aurora, and we reach the cluster, through PrivateLink.

    `ingress`: Confluent's end of our way to the cluster. New stacks take `gateway`, whose addresses are their own. A stack that has
    an `attachment` keeps it: topics hold the cluster's address, so that the other would replace them all.
    `clients`: ranges of peered networks that consumers and deployments come from, besides a new VPC's own.
    """

    kind: Literal["privatelink"]
    ingress: Literal["gateway", "attachment"]
    clients: list[Cidr] = Field(default=[])


class IamAuth(Model):
    """Callers sign their requests with AWS Signature Version 4."""

    kind: Literal["iam"]


class JwtAuth(Model):
    """Callers send a token of this issuer."""

    kind: Literal["jwt"]
    issuer: Annotated[str, StringConstraints(pattern=r"^https://")]
    audience: Annotated[list[str], Field(min_length=1)]


class ApiSettings(Model):
    """The events API. Rates are requests per second over all callers; origins are for browsers (CORS).

    `validation`: `header` checks an event's header and its entities' headers; `entities` also each entity by the JSON Schema of its type.
    """

    validation: Literal["header", "entities"] = "header"
    auth: Annotated[IamAuth | JwtAuth, Field(discriminator="kind")] = IamAuth(kind="iam")
    rate_limit: Annotated[int, Field(ge=1, le=10_000)] = 500
    burst_limit: Annotated[int, Field(ge=1, le=5_000)] = 1000
    concurrency: Annotated[int, Field(ge=1, le=900)] = 50
    cors_origins: list[Annotated[str, StringConstraints(pattern=r"^https?://[^*]+$")]] = Field(default=[])


class AlarmSettings(Model):
    """Who hears of alarms. With `confluent`, Confluent's own notifications go to the secret `notificationUrl`.

    `metricsNamespace`: the CloudWatch namespace that a collector writes the figures of `cdc metrics --otlp` to
    (examples/monitoring/collector.yaml); with it, they have alarms, too.
    """

    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    confluent: Literal["slack", "teams", "webhook"] | None = None
    metrics_namespace: (
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_/.-]*$", max_length=255)] | None
    ) = None


class AuroraBackend(Verification):
    """Aurora PostgreSQL with RDS Proxy, the events API, migrations and alarms.

    `account`: the only AWS account that this environment may be made in.
    """

    kind: Literal["aurora"]
    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")] | None = None
    final_snapshot: bool = True
    database: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)] = "events"
    engine_version: Annotated[str, StringConstraints(pattern=r"^1[5-9]\.\d+$")] = "17.5"
    instance_class: InstanceClass
    instances: Annotated[int, Field(ge=1, le=15)] = 1
    backup_days: Annotated[int, Field(ge=7, le=35)] = 7
    log_days: Literal[30, 90, 365, 731] = 365
    vpc: Annotated[NewVpc | ExistingVpc, Field(discriminator="kind")]
    connectivity: Annotated[PublicAccess | PrivateLink, Field(discriminator="kind")]
    api: ApiSettings = ApiSettings()
    alarms: AlarmSettings = AlarmSettings()

    @property
    def user(self) -> str:
        """The connector's role."""
        return CDC_USER

    @model_validator(mode="after")
    def has_public_subnets(self) -> "AuroraBackend":
        public = isinstance(self.connectivity, PublicAccess)
        if public and isinstance(self.vpc, ExistingVpc) and len(self.vpc.public_subnets) < 2:
            raise ValueError("connectivity public needs at least two of vpc.publicSubnets")
        return self


Backend = Annotated[PostgresBackend | AuroraBackend, Field(discriminator="kind")]
