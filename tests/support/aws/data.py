"""Databases, their proxy, keys, secrets."""

from tests.support.aws.given import Account, Given, Made, Maker, Values

CLUSTER = {
    "clusterIdentifier": "DBClusterIdentifier",
    "dbClusterParameterGroupName": "DBClusterParameterGroupName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
}
# What the provider keeps for a change or for the end: the API does not take it when a cluster is made.
LATER = ("allowMajorVersionUpgrade", "applyImmediately", "skipFinalSnapshot", "finalSnapshotIdentifier")


def cluster(account: Account, given: Given) -> Made:
    rds = account.client("rds")
    for name in LATER:
        given.take(name)
    asked = given.rest(**CLUSTER)
    made = rds.create_db_cluster(**asked)["DBCluster"]
    name = made["DBClusterIdentifier"]
    secret = made.get("MasterUserSecret", {}).get("SecretArn", "")
    outputs: Values = {
        "arn": made["DBClusterArn"],
        "endpoint": made["Endpoint"],
        "masterUserSecrets": [{"secretArn": secret}],
    }
    return Made(name, outputs, asked, lambda: rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0])


def instance(account: Account, given: Given) -> Made:
    rds = account.client("rds")
    given.take("applyImmediately")
    asked = given.rest(
        identifier="DBInstanceIdentifier",
        clusterIdentifier="DBClusterIdentifier",
        instanceClass="DBInstanceClass",
        caCertIdentifier="CACertificateIdentifier",
        performanceInsightsEnabled="EnablePerformanceInsights",
        performanceInsightsKmsKeyId="PerformanceInsightsKMSKeyId",
    )
    made = rds.create_db_instance(**asked)["DBInstance"]
    name = made["DBInstanceIdentifier"]
    described = lambda: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]  # noqa: E731
    return Made(name, {"arn": made["DBInstanceArn"]}, asked, described)


def parameters(account: Account, given: Given) -> Made:
    rds, values = account.client("rds"), given.take("parameters")
    asked = given.rest(name="DBClusterParameterGroupName", family="DBParameterGroupFamily")
    name = rds.create_db_cluster_parameter_group(**asked)["DBClusterParameterGroup"]["DBClusterParameterGroupName"]
    wanted = [
        {"ParameterName": one["name"], "ParameterValue": one["value"], "ApplyMethod": one["applyMethod"]}
        for one in values
    ]
    for start in range(0, len(wanted), 20):  # AWS takes twenty at a time
        rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=wanted[start : start + 20])
    kept = rds.describe_db_cluster_parameters(DBClusterParameterGroupName=name)["Parameters"]
    assert {(one["ParameterName"], one["ParameterValue"]) for one in wanted} <= {
        (one["ParameterName"], one.get("ParameterValue")) for one in kept
    }
    return Made(name)


def subnets(account: Account, given: Given) -> Made:
    rds = account.client("rds")
    asked = given.rest(name="DBSubnetGroupName", description="DBSubnetGroupDescription")
    name = rds.create_db_subnet_group(**asked)["DBSubnetGroup"]["DBSubnetGroupName"]
    described = lambda: rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]  # noqa: E731
    return Made(name, {}, asked, described)


def events(account: Account, given: Given) -> Made:
    rds = account.client("rds")
    asked = given.rest(name="SubscriptionName", snsTopic="SnsTopicArn")
    made = rds.create_event_subscription(**asked)["EventSubscription"]
    return Made(made["CustSubscriptionId"])


def proxy(account: Account, given: Given) -> Made:
    rds = account.client("rds")
    auths = [
        {"IAMAuth" if key == "IamAuth" else key: value for key, value in one.items()}
        for one in Given({"a": given.take("auths")}).rest()["A"]
    ]
    asked = given.rest(name="DBProxyName", requireTls="RequireTLS") | {"Auth": auths}
    made = rds.create_db_proxy(**asked)["DBProxy"]
    name = made["DBProxyName"]
    outputs: Values = {"arn": made["DBProxyArn"], "endpoint": made["Endpoint"]}
    return Made(name, outputs, asked, lambda: rds.describe_db_proxies(DBProxyName=name)["DBProxies"][0])


def proxy_pool(account: Account, given: Given) -> Made:
    rds = account.client("rds")
    asked = given.rest(dbProxyName="DBProxyName")
    rds.modify_db_proxy_target_group(TargetGroupName="default", **asked)
    (found,) = rds.describe_db_proxy_target_groups(DBProxyName=asked["DBProxyName"])["TargetGroups"]
    return Made(found["TargetGroupName"], {}, asked["ConnectionPoolConfig"], lambda: found["ConnectionPoolConfig"])


def proxy_target(account: Account, given: Given) -> Made:
    rds, of = account.client("rds"), given.take("dbClusterIdentifier")
    rds.register_db_proxy_targets(DBClusterIdentifiers=[of], **given.rest(dbProxyName="DBProxyName"))
    return Made("target")


def key(account: Account, given: Given) -> Made:
    kms, rotates = account.client("kms"), given.take("enableKeyRotation")
    given.take("deletionWindowInDays")  # asked for when the key goes
    asked = given.rest()
    made = kms.create_key(**asked)["KeyMetadata"]
    if rotates:
        kms.enable_key_rotation(KeyId=made["KeyId"])
    assert kms.get_key_rotation_status(KeyId=made["KeyId"])["KeyRotationEnabled"] == rotates
    outputs: Values = {"arn": made["Arn"], "keyId": made["KeyId"]}
    return Made(made["KeyId"], outputs, asked, lambda: kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"])


def alias(account: Account, given: Given) -> Made:
    asked = given.rest(name="AliasName")
    account.client("kms").create_alias(**asked)
    return Made(asked["AliasName"])


def secret(account: Account, given: Given) -> Made:
    manager = account.client("secretsmanager")
    given.take("recoveryWindowInDays")  # asked for when the secret goes
    asked = given.rest(namePrefix="Name")
    asked["Name"] += "0123456789"  # the provider's suffix
    arn = manager.create_secret(**asked)["ARN"]
    return Made(arn, {"arn": arn}, asked, lambda: manager.describe_secret(SecretId=arn))


def secret_value(account: Account, given: Given) -> Made:
    manager = account.client("secretsmanager")
    asked = given.rest()
    version = manager.put_secret_value(**asked)["VersionId"]
    return Made(version, {}, asked, lambda: manager.get_secret_value(SecretId=asked["SecretId"]))


MAKERS: dict[str, Maker] = {
    "rds/cluster": cluster,
    "rds/clusterInstance": instance,
    "rds/clusterParameterGroup": parameters,
    "rds/subnetGroup": subnets,
    "rds/eventSubscription": events,
    "rds/proxy": proxy,
    "rds/proxyDefaultTargetGroup": proxy_pool,
    "rds/proxyTarget": proxy_target,
    "kms/key": key,
    "kms/alias": alias,
    "secretsmanager/secret": secret,
    "secretsmanager/secretVersion": secret_value,
}
