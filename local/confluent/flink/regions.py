"""/fcpm/v2/regions: where Flink runs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth
from local.confluent.context import REGION_ZONES, Cloud, listing
from local.confluent.http import reply, resource

PATH = "/fcpm/v2/regions"


async def index(cloud: Cloud, request: Request) -> Response:
    provider, region = (request.query_params.get(name) for name in ("cloud", "region_name"))
    found = [
        {
            "api_version": "fcpm/v2",
            "kind": "Region",
            "id": f"aws.{name}",
            "cloud": "AWS",
            "region_name": name,
            "display_name": f"{name} (local)",
            "http_endpoint": cloud.base,
            "private_http_endpoint": cloud.private_base,
            "metadata": {"self": ""},
        }
        for name in REGION_ZONES
        if provider in (None, "AWS") and region in (None, name)
    ]
    return reply(listing("Region", "fcpm/v2", found))


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(cloud, PATH, auth.administrator, index=index)
