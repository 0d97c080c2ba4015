"""Networks: nothing is open to the world, everything is logged."""

import re
from collections.abc import Iterator

from policies.graph import Graph
from policies.rule import aws, prod, whole

WORLD = ("0.0.0.0/0", "::/0")


def worldly(values: object) -> bool:
    """Is the whole world among some ranges?"""
    return isinstance(values, list) and any(value in WORLD for value in values)


def open_rules(graph: Graph) -> Iterator[tuple[str, str]]:
    for kind in ("vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule"):
        for rule in graph.aws(kind):
            if rule.get("cidrIpv4") in WORLD or rule.get("cidrIpv6") in WORLD:
                yield rule.name, "is open to the whole world"
    for group in graph.aws("ec2/securityGroup"):
        for side in ("ingress", "egress"):
            rules = group.get(side)
            for rule in rules if isinstance(rules, list) else []:
                if worldly(rule.get("cidrBlocks")) or worldly(rule.get("ipv6CidrBlocks")):
                    yield group.name, f"has {side} that is open to the whole world"


def database_sources(graph: Graph) -> Iterator[tuple[str, str]]:
    for rule in graph.aws("vpc/securityGroupIngressRule"):
        if rule.get("fromPort") == 5432 and not rule.get("referencedSecurityGroupId"):
            yield rule.name, "lets addresses, not a security group, reach PostgreSQL"


def all_ports(graph: Graph) -> Iterator[tuple[str, str]]:
    for kind in ("vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule"):
        for rule in graph.aws(kind):
            if rule.get("ipProtocol") == "-1" or rule.get("fromPort") != rule.get("toPort"):
                yield rule.name, "covers more than one port"


def descriptions(graph: Graph) -> Iterator[tuple[str, str]]:
    for kind in ("vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule", "ec2/securityGroup"):
        for rule in graph.aws(kind):
            text = str(rule.get("description") or "")
            if not text:
                yield rule.name, "does not say what it is for"
            elif not re.fullmatch(r"[A-Za-z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}", text):
                yield rule.name, "has a description with characters that EC2 refuses"


def default_groups(graph: Graph) -> Iterator[tuple[str, str]]:
    for vpc in graph.aws("ec2/vpc"):
        if not graph.aws("ec2/defaultSecurityGroup"):
            yield vpc.name, "keeps the default security group as AWS made it"
    for group in graph.aws("ec2/defaultSecurityGroup"):
        if group.get("ingress") or group.get("egress"):
            yield group.name, "has rules"


def flow_logs(graph: Graph) -> Iterator[tuple[str, str]]:
    logged = {log.get("trafficType") for log in graph.aws("ec2/flowLog")}
    for vpc in graph.aws("ec2/vpc"):
        if "ALL" not in logged:
            yield vpc.name, "has no flow log of all traffic"


def private_routes(graph: Graph) -> Iterator[tuple[str, str]]:
    for route in graph.aws("ec2/route"):
        if "private" in route.name and route.get("destinationCidrBlock") in WORLD:
            yield route.name, "gives private subnets a way to the internet"


def zones(graph: Graph) -> Iterator[tuple[str, str]]:
    found = {
        s.get("availabilityZone") or s.get("availabilityZoneId") for s in graph.aws("ec2/subnet") if "private" in s.name
    }
    if graph.aws("ec2/vpc") and len(found) < 2:
        yield graph.aws("ec2/vpc")[0].name, f"has private subnets in {len(found)} zone"


def public_database(graph: Graph) -> Iterator[tuple[str, str]]:
    for gateway in graph.aws("ec2/internetGateway"):
        yield gateway.name, "opens the VPC to the internet"


RULES = (
    whole("NET-01", "no rule is open to the world", "name the security group or the ranges that need it", open_rules),
    whole("NET-02", "PostgreSQL is reached from security groups", "use referenced_security_group_id", database_sources),
    whole("NET-03", "a rule covers one port", "set from_port, to_port and a protocol", all_ports),
    whole("NET-04", "every group and rule says what it is for", "set description", descriptions),
    whole("NET-05", "the VPC's default group is empty", "add an empty DefaultSecurityGroup", default_groups),
    whole("NET-06", "the VPC's traffic is logged", "add a FlowLog with traffic_type ALL", flow_logs),
    aws("NET-07", "ec2/subnet", "subnets give no public addresses", "set map_public_ip_on_launch=False", lambda r: r.get("mapPublicIpOnLaunch") is False),
    whole("NET-08", "private subnets have no way out", "remove the route", private_routes),
    whole("NET-09", "private subnets stand in two zones", "name two zones in backend.vpc.zones", zones),
    aws("NET-10", "ec2/vpcEndpoint", "service endpoints have a policy of their own", "set policy to the actions that are used", lambda r: "com.amazonaws." not in str(r.get("serviceName")) or "vpce" in str(r.get("serviceName")) or bool(r.get("policy"))),
    aws("NET-11", "ec2/vpcEndpoint", "an endpoint's policy names its actions", "replace * by the actions that are used", lambda r: all(s.get("Action") != "*" for s in r.document())),
    aws("NET-12", "ec2/flowLog", "flow logs go to an encrypted group", "log to a LogGroup with kms_key_id", lambda r: r.get("logDestinationType") == "cloud-watch-logs"),
    aws("NET-13", "ec2/vpcEndpointService", "only Confluent's principal may use the endpoint service", "set allowed_principals to the gateway's", lambda r: bool(r.get("allowedPrincipals")) and "*" not in (r.get("allowedPrincipals") or [])),
    aws("NET-14", "lb/loadBalancer", "load balancers are internal", "set internal=True", lambda r: r.get("internal") is True),
    prod(whole("NET-15", "prod has no way to the internet", "use backend.connectivity privatelink", public_database)),
    prod(aws("NET-16", "lb/loadBalancer", "balancers of prod are protected from deletion", "set enable_deletion_protection=True", lambda r: r.get("enableDeletionProtection") is True)),
    aws("NET-17", "lb/targetGroup", "targets are checked", "set a health_check", lambda r: bool(r.get("healthCheck"))),
)  # fmt: skip
