"""Look-ups: the organization, a Flink region, an environment's Schema Registry."""

from collections.abc import Callable
from typing import Any

from plugins.confluentcloud.config import Config
from plugins.engine.errors import RestError
from plugins.engine.values import Properties


def organization(config: Config, arguments: Properties) -> Properties:
    """The organization, read off its first environment as the real plugin does."""
    environments = config.cloud.call("GET", "/org/v2/environments")["data"]
    if not environments:
        raise RestError("the organization has no environment to read its id from")
    crn = environments[0]["metadata"]["resource_name"].rpartition("/environment=")[0]
    return {"id": crn.rpartition("=")[2], "resourceName": crn}


def flink_region(config: Config, arguments: Properties) -> Properties:
    """One region."""
    params = {"cloud": arguments["cloud"], "region_name": arguments["region"], "page_size": "99"}
    found = config.cloud.call("GET", "/fcpm/v2/regions", params=params)["data"]
    if len(found) != 1:
        raise RestError(f"there are {len(found)} Flink regions {arguments['cloud']} {arguments['region']}, expected 1")
    region = found[0]
    return {
        **arguments,
        "id": region["id"],
        "apiVersion": region["api_version"],
        "kind": region["kind"],
        "restEndpoint": region["http_endpoint"],
        "privateRestEndpoint": region.get("private_http_endpoint", ""),
    }


def schema_registry(config: Config, arguments: Properties) -> Properties:
    """The registry of an environment."""
    environment = arguments["environment"]["id"]
    found = config.cloud.call("GET", "/srcm/v3/clusters", params={"environment": environment, "page_size": "99"})[
        "data"
    ]
    if len(found) != 1:
        raise RestError(f"environment {environment} has {len(found)} Schema Registry clusters, expected 1")
    cluster: dict[str, Any] = found[0]
    spec = cluster["spec"]
    return {
        "id": cluster["id"],
        "environment": {"id": environment},
        "apiVersion": cluster["api_version"],
        "kind": cluster["kind"],
        "displayName": spec["display_name"],
        "package": spec["package"],
        "restEndpoint": spec["http_endpoint"],
        "catalogEndpoint": spec["catalog_http_endpoint"],
        "privateRestEndpoint": "",
        "privateRegionalRestEndpoints": (spec.get("private_networking_config") or {}).get("regional_endpoints") or {},
        "cloud": spec["cloud"],
        "region": spec["region"],
        "resourceName": cluster["metadata"]["resource_name"],
    }


def ip_addresses(config: Config, arguments: Properties) -> Properties:
    """Addresses that Confluent's services come from."""
    found = config.cloud.call("GET", "/networking/v1/ip-addresses", params={"page_size": "99"})["data"]
    wanted: dict[str, list[str]] = arguments.get("filter") or {}
    fits = [item for item in found if set(item["services"]) & set(wanted.get("services") or item["services"])]
    return {"id": "addresses", "filter": wanted, "ipAddresses": [address(item) for item in fits]}


def address(item: dict[str, Any]) -> Properties:
    """One range in the plugin's words."""
    return {
        "addressType": item["address_type"],
        "cloud": item["cloud"],
        "ipPrefix": item["ip_prefix"],
        "region": item["region"],
        "services": item["services"],
    }


def endpoint(config: Config, arguments: Properties) -> Properties:
    """Addresses of a service, such as those by an access point."""
    wanted: dict[str, Any] = arguments["filter"]
    params = {
        "environment": wanted["environment"]["id"],
        "service": wanted["service"],
        "cloud": wanted.get("cloud"),
        "region": wanted.get("region"),
        "resource": wanted.get("resource"),
        "is_private": None if wanted.get("isPrivate") is None else str(bool(wanted["isPrivate"])).lower(),
        "page_size": "99",
    }
    asked = {name: value for name, value in params.items() if value is not None}
    found = config.cloud.call("GET", "/endpoint/v1/endpoints", params=asked)["data"]
    return {**arguments, "id": "endpoints", "endpoints": [listed_endpoint(item) for item in found]}


def listed_endpoint(item: dict[str, Any]) -> Properties:
    """One address in the plugin's words."""
    names = {
        "api_version": "apiVersion",
        "is_private": "isPrivate",
        "connection_type": "connectionType",
        "endpoint_type": "endpointType",
    }
    plain = ("id", "kind", "cloud", "region", "service", "endpoint")
    above = {
        name: [{"id": item[api]["id"]}] if item.get(api) else []
        for name, api in (("resources", "resource"), ("gateways", "gateway"), ("accessPoints", "access_point"))
    }
    return {
        **{name: item[name] for name in plain},
        **{name: item[api] for api, name in names.items()},
        **above,
        "environment": {"id": item["environment"]["id"]},
    }


INVOKES: dict[str, Callable[[Config, Properties], Properties]] = {
    "confluentcloud:index/getOrganization:getOrganization": organization,
    "confluentcloud:index/getFlinkRegion:getFlinkRegion": flink_region,
    "confluentcloud:index/getSchemaRegistryCluster:getSchemaRegistryCluster": schema_registry,
    "confluentcloud:index/getIpAddresses:getIpAddresses": ip_addresses,
    "confluentcloud:index/getEndpoint:getEndpoint": endpoint,
}
