"""The events API: an HTTP API in front of one function, authorized, throttled and logged."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.components.aws.context import AwsContext
from stacks.components.aws.database import PORT
from stacks.components.aws.iam import allow
from stacks.components.aws.lambda_function import LambdaFunction, LambdaFunctionArgs
from stacks.components.aws.proxy import Proxy
from stacks.components.base import Component
from stacks.settings.source_database import API_USER, ApiSettings, JwtAuth

ROUTES = ("POST /api/v1/events", "POST /api/v1/events/bulk", "GET /api/v1/events/health")
FUNCTION_SECONDS = 10  # more than the proxy's borrow timeout, less than the gateway waits
GATEWAY_MS = 12_000
LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "caller": "$context.identity.caller",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "error": "$context.integrationErrorMessage",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EventsApiArgs:
    """Who may call, how often, and the proxy that the function writes through."""

    context: AwsContext
    settings: ApiSettings
    proxy: Proxy
    database_name: str
    subnets: Sequence[pulumi.Input[str]]
    groups: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]


class EventsApi(Component):
    """Function, HTTP API, its three routes, its stage."""

    TYPE = "cdc:aws:EventsApi"
    function: LambdaFunction
    api: aws.apigatewayv2.Api
    url: pulumi.Output[str]

    def __init__(self, name: str, args: EventsApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.function = LambdaFunction("events-api", self.function_args(args), self.child())
        origins = args.settings.cors_origins
        self.api = aws.apigatewayv2.Api(
            f"{name}-api",
            name=args.context.name("events-api"),
            protocol_type="HTTP",
            description="Events into the source database",
            cors_configuration=aws.apigatewayv2.ApiCorsConfigurationArgs(
                allow_origins=origins,
                allow_methods=["POST", "GET"],
                allow_headers=["content-type", "authorization"],
                max_age=300,
            )
            if origins
            else None,
            opts=self.child(),
        )
        self.url = self.api.api_endpoint
        function = self.function.function
        aws.lambda_.Permission(
            f"{name}-invoke",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.concat(self.api.execution_arn, "/*/*"),
            opts=self.child(),
        )
        self.route(args)
        self.stage(args)
        self.register_outputs({"url": self.url})

    def function_args(self, args: EventsApiArgs) -> LambdaFunctionArgs:
        """The function writes as `events_api`, with a token instead of a password."""
        return LambdaFunctionArgs(
            context=args.context,
            code="events_api",
            description="Validates events and writes each in one transaction",
            environment={
                "DATABASE_HOST": args.proxy.proxy.endpoint,
                "DATABASE_PORT": str(PORT),
                "DATABASE_NAME": args.database_name,
                "DATABASE_USER": API_USER,
                "DATABASE_AUTH": "iam",
                "VALIDATION": args.settings.validation,
            },
            statements=[allow(["rds-db:connect"], [args.proxy.user_arn(args.context, API_USER)])],
            subnets=args.subnets,
            groups=args.groups,
            key_arn=args.key_arn,
            timeout=FUNCTION_SECONDS,
            memory=512,
            concurrency=args.settings.concurrency,
            files=["schemas/events/*.json"],
        )

    def route(self, args: EventsApiArgs) -> None:
        """Every route goes to the function, for authorized callers only."""
        integration = aws.apigatewayv2.Integration(
            f"{self.name}-integration",
            api_id=self.api.id,
            integration_type="AWS_PROXY",
            integration_uri=self.function.function.invoke_arn,
            payload_format_version="2.0",
            timeout_milliseconds=GATEWAY_MS,
            opts=self.child(),
        )
        kind, authorizer = self.authorizer(args.settings)
        for key in ROUTES:
            aws.apigatewayv2.Route(
                f"{self.name}-{key.rpartition('/')[2]}",
                api_id=self.api.id,
                route_key=key,
                target=pulumi.Output.concat("integrations/", integration.id),
                authorization_type=kind,
                authorizer_id=authorizer.id if authorizer else None,
                opts=self.child(),
            )

    def authorizer(self, settings: ApiSettings) -> tuple[str, aws.apigatewayv2.Authorizer | None]:
        """IAM needs no authorizer; a token's issuer does."""
        auth = settings.auth
        if not isinstance(auth, JwtAuth):
            return "AWS_IAM", None
        return "JWT", aws.apigatewayv2.Authorizer(
            f"{self.name}-authorizer",
            name="jwt",
            api_id=self.api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration=aws.apigatewayv2.AuthorizerJwtConfigurationArgs(
                audiences=auth.audience, issuer=auth.issuer
            ),
            opts=self.child(),
        )

    def stage(self, args: EventsApiArgs) -> None:
        """The stage that serves at the API's root."""
        context = args.context
        logs = aws.cloudwatch.LogGroup(
            f"{self.name}-access",
            name=f"/cdc/{context.environment}/events-api",
            retention_in_days=context.log_days,
            kms_key_id=args.key_arn,
            opts=self.child(),
        )
        aws.apigatewayv2.Stage(
            f"{self.name}-stage",
            api_id=self.api.id,
            name="$default",
            auto_deploy=True,
            access_log_settings={"destination_arn": logs.arn, "format": json.dumps(LOGGED)},
            default_route_settings={
                "throttling_rate_limit": args.settings.rate_limit,
                "throttling_burst_limit": args.settings.burst_limit,
                "detailed_metrics_enabled": True,
            },
            opts=self.child(),
        )
