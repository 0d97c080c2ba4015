"""/networking/v1/ip-addresses: where the service's connectors come from."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.confluent import auth
from local.confluent.context import REGION_ZONES, Cloud, listing
from local.confluent.http import reply, resource

PATH = "/networking/v1/ip-addresses"


async def index(cloud: Cloud, request: Request) -> Response:
    """Where our connectors come from: this machine."""
    places = {"cloud": "AWS", "region": request.query_params.get("region", REGION_ZONES[0])}
    found = {"ip_prefix": "127.0.0.1/32", "address_type": "EGRESS", "services": ["CONNECT"], **places}
    return reply(
        listing("IpAddress", "networking/v1", [{"api_version": "networking/v1", "kind": "IpAddress", **found}])
    )


def routes(cloud: Cloud) -> list[Route]:
    """The paths of this module."""
    return resource(cloud, PATH, auth.administrator, index=index)
