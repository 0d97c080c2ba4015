"""VPCs, firewalls, endpoints, balancers, names."""

from functools import partial
from typing import Any

from tests.support.aws.given import Account, Given, Made, Maker, Values


def tagged(given: Given, kind: str) -> Values:
    tags = [{"Key": key, "Value": value} for key, value in given.take("tags", {}).items()]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def vpc(account: Account, given: Given) -> Made:
    ec2, tags = account.client("ec2"), tagged(given, "vpc")
    flags = {name: given.take(name) for name in ("enableDnsHostnames", "enableDnsSupport")}
    asked = given.rest()
    identity = ec2.create_vpc(**asked, **tags)["Vpc"]["VpcId"]
    for name, value in flags.items():
        ec2.modify_vpc_attribute(VpcId=identity, **{f"{name[0].upper()}{name[1:]}": {"Value": value}})
        told = ec2.describe_vpc_attribute(VpcId=identity, Attribute=name)[f"{name[0].upper()}{name[1:]}"]["Value"]
        assert told == value
    return Made(identity, {}, asked, lambda: ec2.describe_vpcs(VpcIds=[identity])["Vpcs"][0])


def subnet(account: Account, given: Given) -> Made:
    ec2, tags, public = account.client("ec2"), tagged(given, "subnet"), given.take("mapPublicIpOnLaunch")
    asked = given.rest()
    identity = ec2.create_subnet(**asked, **tags)["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=identity, MapPublicIpOnLaunch={"Value": public})
    asked["MapPublicIpOnLaunch"] = public
    return Made(identity, {}, asked, lambda: ec2.describe_subnets(SubnetIds=[identity])["Subnets"][0])


def default_group(account: Account, given: Given) -> Made:
    """Nothing in it may go in or out."""
    ec2, of = account.client("ec2"), [{"Name": "vpc-id", "Values": [given.take("vpcId")]}]
    assert (given.take("ingress"), given.take("egress")) == ([], [])
    groups = ec2.describe_security_groups(Filters=[*of, {"Name": "group-name", "Values": ["default"]}])
    (found,) = groups["SecurityGroups"]
    return Made(found["GroupId"])


def permission(rule: Values) -> Values:
    """A group's own rule as the API takes it."""
    taken = {"IpProtocol": rule.pop("protocol"), "FromPort": rule.pop("fromPort"), "ToPort": rule.pop("toPort")}
    about = {"Description": rule.pop("description")} if "description" in rule else {}
    taken["IpRanges"] = [{"CidrIp": one, **about} for one in rule.pop("cidrBlocks", [])]
    assert not rule
    return taken


def group(account: Account, given: Given) -> Made:
    ec2, tags = account.client("ec2"), tagged(given, "security-group")
    given.take("revokeRulesOnDelete")  # of the provider: how it deletes
    rules = {way: [permission(rule) for rule in given.take(way, [])] for way in ("ingress", "egress")}
    asked = given.rest(name="GroupName")
    identity = ec2.create_security_group(**asked, **tags)["GroupId"]
    if rules["ingress"]:
        ec2.authorize_security_group_ingress(GroupId=identity, IpPermissions=rules["ingress"])
    if rules["egress"]:
        ec2.authorize_security_group_egress(GroupId=identity, IpPermissions=rules["egress"])
    return Made(identity, {}, asked, lambda: ec2.describe_security_groups(GroupIds=[identity])["SecurityGroups"][0])


def rule(way: str, account: Account, given: Given) -> Made:
    ec2, about, of = account.client("ec2"), {"Description": given.take("description")}, given.take("securityGroupId")
    permitted: Values = (
        {"UserIdGroupPairs": [{"GroupId": other, **about}]}
        if (other := given.take("referencedSecurityGroupId"))
        else {}
    )
    if cidr := given.take("cidrIpv4"):
        permitted = {"IpRanges": [{"CidrIp": cidr, **about}]}
    authorize = getattr(ec2, f"authorize_security_group_{way}")
    asked = given.rest()
    (made,) = authorize(GroupId=of, IpPermissions=[{**asked, **permitted}])["SecurityGroupRules"]
    identity = made["SecurityGroupRuleId"]
    described = lambda: ec2.describe_security_group_rules(SecurityGroupRuleIds=[identity])["SecurityGroupRules"][0]  # noqa: E731
    return Made(identity, {}, asked | about, described)


def gateway(account: Account, given: Given) -> Made:
    ec2 = account.client("ec2")
    identity = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=identity, **given.rest())
    return Made(identity)


def table(account: Account, given: Given) -> Made:
    return Made(account.client("ec2").create_route_table(**given.rest())["RouteTable"]["RouteTableId"])


def route(account: Account, given: Given) -> Made:
    assert account.client("ec2").create_route(**given.rest())["Return"]
    return Made("route")


def association(account: Account, given: Given) -> Made:
    return Made(account.client("ec2").associate_route_table(**given.rest())["AssociationId"])


def flow_log(account: Account, given: Given) -> Made:
    ec2, group_of = account.client("ec2"), given.take("vpcId")
    asked = given.rest(iamRoleArn="DeliverLogsPermissionArn")
    answer = ec2.create_flow_logs(ResourceIds=[group_of], ResourceType="VPC", **asked)
    assert not answer.get("Unsuccessful"), answer
    identity = answer["FlowLogIds"][0]
    return Made(identity, {}, asked, lambda: ec2.describe_flow_logs(FlowLogIds=[identity])["FlowLogs"][0])


def endpoint(account: Account, given: Given) -> Made:
    ec2, tags = account.client("ec2"), tagged(given, "vpc-endpoint")
    asked = given.rest(policy="PolicyDocument")
    made = ec2.create_vpc_endpoint(**asked, **tags)["VpcEndpoint"]
    identity, names = made["VpcEndpointId"], [one["DnsName"] for one in made.get("DnsEntries", [])]
    outputs: Values = {"dnsEntries": [{"dnsName": name} for name in names]}
    return Made(
        identity, outputs, asked, lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[identity])["VpcEndpoints"][0]
    )


def endpoint_service(account: Account, given: Given) -> Made:
    ec2, allowed = account.client("ec2"), given.take("allowedPrincipals")
    asked = given.rest()
    made = ec2.create_vpc_endpoint_service_configuration(**asked)["ServiceConfiguration"]
    ec2.modify_vpc_endpoint_service_permissions(ServiceId=made["ServiceId"], AddAllowedPrincipals=allowed)
    return Made(made["ServiceId"], {"serviceName": made["ServiceName"]}, asked, lambda: made)


def balancer(account: Account, given: Given) -> Made:
    elb, name = account.client("elbv2"), given.take("name")
    attributes = {
        "load_balancing.cross_zone.enabled": given.take("enableCrossZoneLoadBalancing"),
        "deletion_protection.enabled": given.take("enableDeletionProtection"),
    }
    inbound = given.take("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    scheme = {True: "internal", False: "internet-facing"}[given.take("internal")]
    asked = given.rest(loadBalancerType="Type") | {"Scheme": scheme}
    made = elb.create_load_balancer(Name=name, **asked)["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": str(value).lower()} for key, value in attributes.items()]
    )
    assert inbound in ("on", "off")  # moto has no way to say it
    described = lambda: elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]  # noqa: E731
    return Made(name, {"arn": arn, "dnsName": made["DNSName"]}, asked, described)


def target_group(account: Account, given: Given) -> Made:
    elb, health = account.client("elbv2"), given.take("healthCheck")
    attributes = {
        "deregistration_delay.connection_termination.enabled": given.take("connectionTermination"),
        "deregistration_delay.timeout_seconds": given.take("deregistrationDelay"),
        "preserve_client_ip.enabled": given.take("preserveClientIp"),
    }
    checks = {
        "HealthCheckProtocol": health.pop("protocol"), "HealthCheckPort": health.pop("port"), "HealthCheckIntervalSeconds": health.pop("interval"),
        "HealthyThresholdCount": health.pop("healthyThreshold"), "UnhealthyThresholdCount": health.pop("unhealthyThreshold"),
    }  # fmt: skip
    assert not health
    asked = given.rest() | checks
    arn = elb.create_target_group(**asked)["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=[{"Key": key, "Value": str(value).lower()} for key, value in attributes.items()]
    )
    renamed = {"Name": "TargetGroupName"}
    wanted = {renamed.get(key, key): value for key, value in asked.items()}
    return Made(
        asked["Name"],
        {"arn": arn},
        wanted,
        lambda: elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0],
    )


def listener(account: Account, given: Given) -> Made:
    elb = account.client("elbv2")
    asked = given.rest()
    arn = elb.create_listener(**asked)["Listeners"][0]["ListenerArn"]
    return Made(arn, {"arn": arn}, asked, lambda: elb.describe_listeners(ListenerArns=[arn])["Listeners"][0])


def zone(account: Account, given: Given) -> Made:
    route53, about = account.client("route53"), given.take("comment")
    (only,) = given.take("vpcs")
    config: dict[str, Any] = {"Comment": about, "PrivateZone": True}
    inside = {"VPCRegion": account.region, "VPCId": only["vpcId"]}
    made = route53.create_hosted_zone(CallerReference="once", VPC=inside, HostedZoneConfig=config, **given.rest())
    identity = made["HostedZone"]["Id"].rpartition("/")[2]
    return Made(identity, {"zoneId": identity})


def record(account: Account, given: Given) -> Made:
    route53, of, values = account.client("route53"), given.take("zoneId"), given.take("records")
    wanted = given.rest(ttl="TTL") | {"ResourceRecords": [{"Value": one} for one in values]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": wanted}]}
    route53.change_resource_record_sets(HostedZoneId=of, ChangeBatch=change)
    return Made(wanted["Name"])


MAKERS: dict[str, Maker] = {
    "ec2/vpc": vpc,
    "ec2/subnet": subnet,
    "ec2/defaultSecurityGroup": default_group,
    "ec2/securityGroup": group,
    "vpc/securityGroupIngressRule": partial(rule, "ingress"),
    "vpc/securityGroupEgressRule": partial(rule, "egress"),
    "ec2/internetGateway": gateway,
    "ec2/routeTable": table,
    "ec2/route": route,
    "ec2/routeTableAssociation": association,
    "ec2/flowLog": flow_log,
    "ec2/vpcEndpoint": endpoint,
    "ec2/vpcEndpointService": endpoint_service,
    "lb/loadBalancer": balancer,
    "lb/targetGroup": target_group,
    "lb/listener": listener,
    "route53/zone": zone,
    "route53/record": record,
}
