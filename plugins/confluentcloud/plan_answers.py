"""What plans show where an account would have answered: the right shapes, values that are plainly not real.

One table for every plan: recorded graphs (cli/planning) and previews by the bundled plugin.
"""

from plugins.engine.errors import RestError
from plugins.engine.values import Properties

ORGANIZATION = "crn://confluent.cloud/organization=O"
ENVIRONMENT, CLUSTER = f"{ORGANIZATION}/environment=env-1", "lkc-1"
EGRESS_RANGE = "198.51.100.0/24"  # RFC 5737's range for documentation

IDS = {"Environment": "env-1", "KafkaCluster": CLUSTER}
ID_PREFIXES = {"ServiceAccount": "sa-of"}

# Resource type → what Confluent fills in.
OUTPUTS: dict[str, Properties] = {
    "Environment": {"resourceName": ENVIRONMENT},
    "KafkaCluster": {
        "apiVersion": "cmk/v2",
        "kind": "Cluster",
        "rbacCrn": f"{ENVIRONMENT}/cloud-cluster={CLUSTER}",
        "restEndpoint": "https://kafka.example",
        "bootstrapEndpoint": "SASL_SSL://kafka.example:9092",
    },
    "ServiceAccount": {"apiVersion": "iam/v2", "kind": "ServiceAccount"},
    "Schema": {"schemaIdentifier": 100001},
    "PrivateLinkAttachment": {
        "aws": [{"vpcEndpointServiceName": "com.amazonaws.vpce.x"}],
        "dnsDomain": "us-east-1.aws.private.example",
    },
}
# Block that a resource may have → what Confluent fills in there.
BLOCKS: dict[str, Properties] = {
    "awsEgressPrivateLinkGateway": {"principalArn": "arn:aws:iam::1:role/confluent"},
    "awsIngressPrivateLinkGateway": {"vpcEndpointServiceName": "com.amazonaws.vpce.x"},
    "awsIngressPrivateLinkEndpoint": {"dnsDomain": "ap1.us-east-1.aws.accesspoint.example"},
}
# Service → the addresses that an access point gives it.
ENDPOINTS = {
    "KAFKA": {"REST": "https://lkc-1-ap1.example:443", "BOOTSTRAP": "lkc-1-ap1.example:9092"},
    "SCHEMA_REGISTRY": {"REST": "https://lsrc-1-ap1.example"},
    "FLINK": {"REST": "https://flink-ap1.example", "LANGUAGE_SERVICE": "https://flinkpls-ap1.example"},
}
# Function → its answer.
FUNCTIONS: dict[str, Properties] = {
    "getOrganization": {"id": "O", "resourceName": ORGANIZATION},
    "getFlinkRegion": {
        "id": "aws.us-east-1",
        "apiVersion": "fcpm/v2",
        "kind": "Region",
        "restEndpoint": "https://flink.example",
        "privateRestEndpoint": "https://private.flink.example",
    },
    "getSchemaRegistryCluster": {
        "id": "lsrc-1",
        "apiVersion": "srcm/v3",
        "kind": "Cluster",
        "restEndpoint": "https://registry.example",
        "privateRegionalRestEndpoints": {"us-east-1": "https://registry.us-east-1.private.example"},
        "catalogEndpoint": "https://catalog.example",
        "resourceName": f"{ENVIRONMENT}/schema-registry=lsrc-1",
    },
    "getIpAddresses": {
        "ipAddresses": [
            {
                "ipPrefix": EGRESS_RANGE,
                "addressType": "EGRESS",
                "cloud": "AWS",
                "region": "us-east-1",
                "services": ["CONNECT"],
            }
        ]
    },
}


def resource(kind: str, name: str, inputs: Properties) -> tuple[str, Properties]:
    """Id and outputs of a resource that a plan takes to be made."""
    secret = {"secret": f"secret-of-{name}"} if kind == "ApiKey" else {}
    made = IDS.get(kind, f"{ID_PREFIXES.get(kind, 'id-of')}-{name}")
    blocks = {key: {**inputs[key], **filled} for key, filled in BLOCKS.items() if isinstance(inputs.get(key), dict)}
    return made, {**inputs, **OUTPUTS.get(kind, {}), **blocks, **secret}


def function(token: str, arguments: Properties) -> Properties:
    """A function's answer. RestError for one that no plan can answer."""
    name = token.rpartition(":")[2]
    if name == "getEndpoint":
        return {**arguments, "id": "endpoints", "endpoints": endpoints(arguments["filter"])}
    if name not in FUNCTIONS:
        raise RestError(f"{token} needs an account: a plan cannot answer it")
    return {**arguments, **FUNCTIONS[name]}


def endpoints(wanted: Properties) -> list[Properties]:
    """The private addresses of a service, by the one access point that plans know."""
    return [
        {
            "id": f"ep-{kind.lower()}",
            "apiVersion": "endpoint/v1",
            "kind": "Endpoint",
            "cloud": wanted["cloud"],
            "region": wanted["region"],
            "service": wanted["service"],
            "isPrivate": True,
            "connectionType": "PRIVATE_LINK",
            "endpoint": address,
            "endpointType": kind,
            "environment": wanted["environment"],
            "resources": [],
            "gateways": [{"id": "id-of-ingress-gateway"}],
            "accessPoints": [{"id": "id-of-ingress-point"}],
        }
        for kind, address in ENDPOINTS[wanted["service"]].items()
    ]
