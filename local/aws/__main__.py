"""What carries data on AWS, here: `python -m local.aws`. One process, one port.

- `/resources/…`: the bundled `aws` plugin makes and changes resources
- `POST /` with `X-Amz-Target`: Secrets Manager's own protocol, for functions and consumers
- `POST /` with a form: Elastic Load Balancing's own protocol, for the function that keeps a balancer's target
- everything else: the HTTP API of the stack
"""

import base64
import hmac
import json
import logging
import os

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local import requests
from local.aws import signature, target_groups
from local.aws.functions import Functions
from local.aws.gateway import Gateway
from local.aws.state import State
from local.environment import Instance

REGION = "us-east-1"
SIZE = 1024 * 1024
FORM = "application/x-www-form-urlencoded"


class Server:
    """The handlers."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.state = instance, State(instance)
        self.functions = Functions(self.state)
        self.gateway = Gateway(self.state, self.functions)

    async def health(self, _: Request) -> Response:
        """Ready."""
        return JSONResponse({"status": "UP", "proxy": "PgBouncer" if self.instance.pgbouncer else "none"})

    async def resource(self, request: Request) -> Response:
        """GET, PUT or DELETE of one resource, for the plugin."""
        own = self.instance.secrets
        wanted = base64.b64encode(f"{own['aws_access_key_id']}:{own['aws_secret_access_key']}".encode()).decode()
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Basic {wanted}"):
            return refused(401, "this address is for the environment's own plugin")
        token, identity = request.path_params["token"].replace(".", "/", 1), request.path_params["id"]
        if request.method == "PUT":
            body = await request.json()
            return await run_in_threadpool(self.put, token, identity, body)
        found = self.state.get(token, identity)
        if found is None:
            return refused(404, f"{token} {identity} does not exist")
        if request.method == "DELETE":
            self.state.delete(token, identity)
            return Response(status_code=204)
        return JSONResponse(found)

    def put(self, token: str, identity: str, body: dict[str, dict[str, object]]) -> Response:
        """Make or change; a function that is to be run once is run now."""
        try:
            outputs = self.state.put(token, identity, body["inputs"], body["outputs"])
            if token == "lambda/invocation:Invocation":  # noqa: S105 - a type token
                inputs = body["inputs"]
                result = self.functions.invoke(str(inputs["functionName"]), json.loads(str(inputs["input"])))
                outputs = outputs | {"result": json.dumps(result)}
        except Exception as error:
            logging.getLogger("aws").exception("%s %s", token, identity)
            self.state.delete(token, identity)
            return refused(400, f"{type(error).__name__}: {error}")
        return JSONResponse(outputs)

    async def services(self, request: Request) -> Response:
        """Secrets Manager and Elastic Load Balancing, by what a request looks like."""
        try:
            body = await requests.body(request, SIZE)
        except requests.Unbounded as error:
            return refused(error.status, str(error))
        own = self.instance.secrets
        keys = {own["aws_access_key_id"]: own["aws_secret_access_key"]}
        if request.headers.get("content-type", "").startswith(FORM):
            return self.target_groups(signature.problem(request, body, keys, target_groups.SERVICE), body)
        if problem := signature.problem(request, body, keys, "secretsmanager"):
            return JSONResponse({"__type": "UnrecognizedClientException", "message": problem}, 400)
        return self.secret(request, body)

    def target_groups(self, problem: str, body: bytes) -> Response:
        """Who is registered; `problem` with the signature, if there is one."""
        try:
            if problem:
                raise target_groups.Refused("InvalidClientTokenId", problem)
            return Response(target_groups.answer(self.state.store, body), media_type="text/xml")
        except target_groups.Refused as refusal:
            return Response(target_groups.error(refusal), 400, media_type="text/xml")

    def secret(self, request: Request, body: bytes) -> Response:
        """GetSecretValue."""
        if request.headers.get("x-amz-target") != "secretsmanager.GetSecretValue":
            return JSONResponse({"__type": "InvalidAction", "message": "only GetSecretValue is served locally"}, 400)
        arn = json.loads(body)["SecretId"]
        found = self.state.store.get("secret-value", arn)
        if found is None:
            text = "Secrets Manager can't find the specified secret."
            return JSONResponse({"__type": "ResourceNotFoundException", "message": text}, 400)
        return JSONResponse({"ARN": arn, "Name": arn.rpartition(":")[2], "SecretString": found["value"]})


def refused(status: int, text: str) -> JSONResponse:
    """An error that the plugin shows."""
    return JSONResponse({"error_code": status, "message": text}, status)


def main() -> None:
    """Serve until a signal."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(name)s %(message)s")
    instance = Instance.here()
    os.environ |= {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": instance.url("aws"),
        "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2": instance.url("aws"),
        "AWS_ACCESS_KEY_ID": instance.secrets["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": instance.secrets["aws_secret_access_key"],
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }
    server = Server(instance)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    routes = [
        Route("/resources/{token}/{id:path}", server.resource, methods=["GET", "PUT", "DELETE"]),
        Route("/health", server.health),
        Route("/", server.services, methods=["POST"]),
        Route("/{path:path}", server.gateway.answer, methods=methods),
    ]
    uvicorn.run(
        Starlette(routes=routes), host="127.0.0.1", port=instance.port("aws"), log_level="warning", access_log=False
    )


if __name__ == "__main__":
    main()
