"""How events get into a stack."""

import os
import re

import botocore.session

from cli.client.stack import Stack, local_aws, local_dsn
from cli.traffic.api import ApiSender, Bearer, Signer
from cli.traffic.writer import Sender, Writer
from stacks.contract import EventsApiContract
from stacks.errors import CdcError

TOKEN = "CDC_EVENTS_API_TOKEN"  # noqa: S105 - a variable's name


def sender(stack: Stack, sessions: int = 4) -> Sender:
    """Through the stack's events API when it has one, else straight into the local database."""
    api = stack.contract.events_api
    if api is None:
        return Writer(local_dsn(stack, "events_api"), sessions)
    who = local_signer() if stack.local else signer(api)
    return ApiSender(api.url, who, sessions, local=stack.local)


def local_signer() -> Signer:
    """The local AWS's own key."""
    own = local_aws()
    return Signer(own["accessKeyId"], own["secretAccessKey"])


def signer(api: EventsApiContract) -> Signer | Bearer:
    """Who sends to an API elsewhere: the AWS credentials of this shell, or a bearer token. CdcError without them."""
    if api.auth == "jwt":
        if token := os.environ.get(TOKEN):
            return Bearer(token)
        raise CdcError(f"{TOKEN} is not set", "a token of the events API's issuer")
    found = botocore.session.get_session().get_credentials()
    if found is None:
        raise CdcError("no AWS credentials are known", "sign in as one who may invoke the events API (aws sso login)")
    own, region = found.get_frozen_credentials(), re.search(r"\.execute-api\.([a-z0-9-]+)\.", api.url)
    return Signer(own.access_key, own.secret_key, region[1] if region else "us-east-1", own.token)
