"""The bundled AWS plugin knows the arguments of the real SDK: same names, same required ones, nothing made up."""

import importlib
import inspect
from typing import Any

import pytest
from pulumi import _types

from plugins.aws import PACKAGE, outputs
from plugins.aws.resource_types import CONFLICTING
from plugins.aws.schema import pulumi_name, schema
from plugins.engine.check import check

TOKENS = sorted(schema())
MODULES = {"lambda": "lambda_"}


def arguments(token: str) -> Any:
    """The SDK's arguments class of a type."""
    module, _, name = token.partition("/")
    sdk = importlib.import_module(f"pulumi_aws.{MODULES.get(module, module)}")
    return getattr(sdk, f"{name.rpartition(':')[2]}Args")


@pytest.mark.parametrize("token", TOKENS)
def test_every_required_argument_is_one_of_the_sdk(token: str) -> None:
    known = set(_types.input_type_types(arguments(token)))
    assert {name for name, field in PACKAGE.resource_types[token].fields.items() if field.required} <= known


@pytest.mark.parametrize("token", TOKENS)
def test_what_the_sdk_requires_is_required_here(token: str) -> None:
    args = arguments(token)
    names = _types.input_type_py_to_pulumi_names(args)
    parameters = inspect.signature(args.__init__).parameters
    wanted = {names[n] for n, p in parameters.items() if n in names and p.default is inspect.Parameter.empty}
    required = {n for n, field in PACKAGE.resource_types[token].fields.items() if field.required}
    assert wanted <= required


@pytest.mark.parametrize("stack", ["dev", "prod", "local"])
def test_every_argument_of_the_program_is_known(stack: str, graphs: dict[str, Any]) -> None:
    for name, resource in graphs[stack]["resources"].items():
        if resource["type"].startswith("aws:"):
            known = set(_types.input_type_types(arguments(resource["type"].removeprefix("aws:"))))
            assert set(resource["inputs"]) <= known, name


def test_names_are_bridged() -> None:
    assert pulumi_name("aws_db_proxy", "auth", schema()["rds/proxy:Proxy"]["fields"]["auth"]) == "auths"
    assert pulumi_name("aws_lambda_function", "function_name", "req string") == "name"
    assert pulumi_name("aws_rds_cluster", "kms_key_id", "opt string") == "kmsKeyId"


def test_missing_unknown_and_misplaced_arguments_are_refused() -> None:
    _, failures = check(
        PACKAGE.resource_types["rds/proxy:Proxy"], "p", {}, {"name": "x", "colour": "red", "auths": [{"shade": 1}]}
    )
    text = "\n".join(failures)
    assert "'p.colour'" in text
    assert 'The argument "engine_family" is required' in text
    assert "'p.auths[0].shade'" in text


def test_arguments_that_exclude_each_other_are_refused() -> None:
    both = {"engine": "aurora-postgresql", "masterPassword": "x", "manageMasterUserPassword": True}
    _, failures = check(PACKAGE.resource_types["rds/cluster:Cluster"], "c", {}, both)
    assert [f for f in failures if "Conflicting" in f and "c.masterPassword" in f]


def test_conflicts_name_arguments_that_exist() -> None:
    for token, entry in schema().items():
        fields = PACKAGE.resource_types[token].fields
        for key, others in CONFLICTING.get(entry["type"], {}).items():
            assert {key, *others} <= set(fields), token


def test_the_same_inputs_give_the_same_outputs() -> None:
    inputs = {"clusterIdentifier": "a", "engine": "aurora-postgresql"}
    made = [outputs.outputs("rds/cluster:Cluster", "c", inputs, "us-east-1") for _ in range(2)]
    assert made[0] == made[1]
    assert made[0][1]["endpoint"] == "a.cluster-example.us-east-1.rds.amazonaws.com"
