"""Resource types of private networking, the catalog, quotas, CI: what the stack `local` does not declare.

Tag and TagBinding are as recorded from the real plugin; the others follow its documentation.
"""

from plugins.engine.fields import ADDRESS, CREDENTIALS, OUT, TAG_NAME, Field, block, named, not_empty, reference
from plugins.engine.resource_type import ResourceType

CATALOG = {
    "schemaRegistryCluster": reference(),
    "restEndpoint": Field(replaces=True, rule=ADDRESS),
    "credentials": CREDENTIALS,
}
HOME = {"environment": reference(required=True)}
TEXT = Field()

GOVERNANCE_AND_NETWORK_TYPES: dict[str, ResourceType] = {
    "Tag": ResourceType(
        {
            "name": Field(required=True, replaces=True, rule=TAG_NAME),
            "description": TEXT,
            **CATALOG,
            "restEndpoint": Field(rule=ADDRESS),
            "entityTypes": OUT,
            "version": OUT,
        },
        autoname="name",
        delete_first=True,
    ),
    "TagBinding": ResourceType(
        {
            "tagName": Field(required=True, replaces=True, rule=TAG_NAME),
            "entityName": Field(required=True, rule=not_empty),
            "entityType": Field(required=True, replaces=True, rule=not_empty),
            "disableWaitForReady": Field(default=False),
            **CATALOG,
        }
    ),
    "CatalogEntityAttributes": ResourceType(
        {
            "entityName": Field(required=True, replaces=True, rule=not_empty),
            "entityType": Field(required=True, replaces=True, rule=not_empty),
            "attributes": Field(free=True),
            **CATALOG,
        }
    ),
    "KafkaClientQuota": ResourceType(
        {
            "displayName": named(),
            "description": TEXT,
            "principals": Field(required=True),
            "throughput": block(
                {"ingressByteRate": Field(required=True), "egressByteRate": Field(required=True)}, required=True
            ),
            "kafkaCluster": reference(required=True),
            **HOME,
        }
    ),
    "IdentityProvider": ResourceType(
        {
            "displayName": named(),
            "description": Field(required=True),
            "issuer": Field(required=True, replaces=True, rule=not_empty),
            "jwksUri": Field(required=True, replaces=True, rule=not_empty),
            "identityClaim": Field(computed=True),
        }
    ),
    "IdentityPool": ResourceType(
        {
            "displayName": named(),
            "description": Field(required=True),
            "identityClaim": Field(required=True, rule=not_empty),
            "filter": Field(required=True, rule=not_empty),
            "identityProvider": reference(required=True),
            "assignedResourceOwner": Field(replaces=True),
        }
    ),
    "NotificationsIntegration": ResourceType(
        {
            "displayName": named(),
            "description": Field(computed=True),
            "slackTarget": block({"webhookUrl": Field(required=True)}),
            "msTeamsTarget": block({"webhookUrl": Field(required=True)}),
            "webhookTarget": block({"url": Field(required=True)}),
        },
        one_of=("slackTarget", "msTeamsTarget", "webhookTarget"),
    ),
    "Gateway": ResourceType(
        {
            "displayName": named(),
            **HOME,
            "awsEgressPrivateLinkGateway": block(
                {"region": Field(required=True, replaces=True), "principalArn": OUT}, replaces=True
            ),
            "awsIngressPrivateLinkGateway": block(
                {"region": Field(required=True, replaces=True), "vpcEndpointServiceName": OUT}, replaces=True
            ),
        }
    ),
    "AccessPoint": ResourceType(
        {
            "displayName": named(),
            **HOME,
            "gateway": reference(required=True),
            "awsEgressPrivateLinkEndpoint": block(
                {
                    "vpcEndpointServiceName": Field(required=True, replaces=True),
                    "enableHighAvailability": Field(replaces=True),
                    "vpcEndpointId": OUT,
                    "vpcEndpointDnsName": OUT,
                },
                replaces=True,
            ),
            "awsIngressPrivateLinkEndpoint": block(
                {
                    "vpcEndpointId": Field(required=True, replaces=True),
                    "dnsDomain": OUT,
                    "vpcEndpointServiceName": OUT,
                },
                replaces=True,
            ),
        }
    ),
    "DnsRecord": ResourceType(
        {
            "displayName": named(),
            "domain": Field(required=True, replaces=True, rule=not_empty),
            **HOME,
            "gateway": reference(required=True),
            "privateLinkAccessPoint": reference(required=True),
        }
    ),
    "PrivateLinkAttachment": ResourceType(
        {
            "displayName": named(),
            "cloud": Field(required=True, replaces=True),
            "region": Field(required=True, replaces=True),
            **HOME,
            "aws": OUT,
            "dnsDomain": OUT,
            "resourceName": OUT,
        }
    ),
    "PrivateLinkAttachmentConnection": ResourceType(
        {
            "displayName": named(),
            **HOME,
            "privateLinkAttachment": reference(required=True),
            "aws": block({"vpcEndpointId": Field(required=True, replaces=True)}, replaces=True),
            "resourceName": OUT,
        }
    ),
}
