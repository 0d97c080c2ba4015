"""The plugin against the local cloud with fakes of its engines."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from plugins.confluentcloud.package import PACKAGE
from plugins.engine import rest
from tests.support.fakes import cloud
from tests.support.fakes.cloud import Running
from tests.support.plugin import Engine


@pytest.fixture(scope="module", autouse=True)
def no_pauses() -> Iterator[None]:
    """Retries at once: nothing here gets better by waiting."""
    with patch.object(rest, "RETRIES", (0, 0)):
        yield


@pytest.fixture(scope="module")
def engine(fake_cloud: Running) -> Engine:
    own = fake_cloud.instance.secrets
    made = fake_cloud.made
    return Engine(
        PACKAGE,
        {
            "endpoint": fake_cloud.instance.url("cloud"),
            "cloudApiKey": own["cloud_api_key"],
            "cloudApiSecret": own["cloud_api_secret"],
            "flinkApiKey": made["flink-key"],
            "flinkApiSecret": made["flink-secret"],
            "flinkRestEndpoint": fake_cloud.instance.url("cloud"),
            "organizationId": cloud.ORGANIZATION,
            "environmentId": made["environment"],
            "flinkComputePoolId": made["pool"],
            "flinkPrincipalId": made["account"],
        },
    )
