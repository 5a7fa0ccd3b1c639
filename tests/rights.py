"""See what functions ask of AWS while tests run: witnesses of rights that the end-to-end run does not reach.

`infra/rights/witnesses.txt` names for each such right a test in which a function makes use of it. That test fails where
it no longer does. With `WITNESSES` in the environment, what every test sees is written to files with that name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, partial, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from botocore import signers
from botocore.client import BaseClient
from chalice.local import LocalGateway
from chalice.test import TestLambdaClient

from chalicelib.handlers.jobs import JOBS
from infra.local.cloud import REGION
from infra.local.strict_engine import leading_keys
from infra.rights.calls import Call, named_calls
from infra.rights.witnesses import has_cases, witnesses
from infra.sender_function import NAME as SENDERS
from infra.sender_function import signed_paths
from infra.template import load_template

_INSTITUTIONS = frozenset({"entidad-demo", "otra", "plataforma"})
"""Whose ids look like a kind of key."""
_ENVIRONMENT = os.environ  # noqa: TID251 - what the functions under test are given, and what a developer asks for
_ACCOUNT = "000000000000"
_S3 = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "GetObjectTagging": "GetObjectTagging",
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "DeleteObject": "DeleteObject",
}
_LINKS = {"get_object": "GetObject", "put_object": "PutObject"}
_SERVICES = Path(__file__).parents[1] / "chalicelib" / "services"
_WITHIN = {
    "check_upload": "check_uploads",
    "judge_arrival": "check_uploads",
    "prepare_export": "prepare_exports",
    "join_photos": "prepare_exports",
    "record_delivery": "record_deliveries",
}
"""Services that a job calls for each of its messages."""
_ITEMS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_BY_SERVICE = {
    "s3:GetObject": "Decrypt",
    "s3:PutObject": "GenerateDataKey",
    "secretsmanager:GetSecretValue": "Decrypt",
}

_SIGNED = [re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) for path in signed_paths()]

_Seen = tuple[str, str, str, dict[str, Any]]
_running = ""
"""The function that runs; none while a test prepares and looks."""
_made: list[tuple[str, str, str, Mapping[str, Any]]] = []
"""Function, service, operation and parameters of each call of the test that runs."""


def _named(function: str, /, *_: Any, **__: Any) -> str:
    return function


def _within(name: Callable[..., str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(act: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(act)
        def act_within(*given: Any, **named: Any) -> Any:
            global _running  # noqa: PLW0603 - a function's threads have no context of its own
            if _running:  # one that another function runs is that one's
                return act(*given, **named)
            _running = name(*given, **named)
            try:
                return act(*given, **named)
            finally:
                _running = ""

        return act_within

    return decorate


def _noted(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def act_and_note(client: Any, operation: str, parameters: Any) -> Any:
        if _running:
            _made.append((_running, client.meta.service_model.service_name, operation, parameters))
        return act(client, operation, parameters)

    return act_and_note


def _link_noted(sign: Callable[..., Any]) -> Callable[..., Any]:
    """Note what a link lets its holder do: the one who signed it has to be allowed to."""

    @wraps(sign)
    def sign_and_note(client: Any, method: str, parameters: Any = None, **named: Any) -> Any:
        signed = named.get("Params", parameters)
        if _running:
            _made.append((_running, client.meta.service_model.service_name, _LINKS[method], signed))
        return sign(client, method, Params=signed, **{key: said for key, said in named.items() if key != "Params"})

    return sign_and_note


def _function_of(_: Any, method: str, path: str, *__: Any, **___: Any) -> str:  # noqa: ARG001 - as the gateway is asked
    """Return which of the API's functions answers there."""
    asked = path.partition("?")[0]
    return SENDERS if any(re.fullmatch(each, asked) for each in _SIGNED) else "api_handler"


def watch() -> None:
    """Note from now on what functions ask for in this process, and the service of each job where a test calls it."""
    for path in sorted(_SERVICES.glob("*/*.py")):
        job = path.stem if path.stem in {job.name for job in JOBS} else _WITHIN.get(path.stem)
        if job:
            module = import_module(f"chalicelib.services.{path.parent.name}.{path.stem}")
            setattr(module, path.stem, _within(partial(_named, job))(getattr(module, path.stem)))
    links: Any = signers
    links.generate_presigned_url = _link_noted(links.generate_presigned_url)  # clients take it when they are made
    client, jobs, doors = BaseClient, TestLambdaClient, LocalGateway
    client._make_api_call = _noted(client._make_api_call)  # type: ignore[attr-defined]  # noqa: SLF001 - each call's way
    jobs.invoke = _within(lambda _, name, *__: str(name))(jobs.invoke)  # type: ignore[method-assign]
    doors.handle_request = _within(_function_of)(doors.handle_request)  # type: ignore[method-assign]


@contextmanager
def seen_in(test: str) -> Iterator[None]:
    """Hold a test to what it is the witness of."""
    _made.clear()
    yield
    name = test.partition("[")[0]
    expected = {call for call, witness in witnesses() if witness == name}
    if not expected and "WITNESSES" not in _ENVIRONMENT:
        return
    seen = _calls()
    if "WITNESSES" in _ENVIRONMENT:
        with open(f"{_ENVIRONMENT['WITNESSES']}.{os.getpid()}", "a", encoding="utf-8") as file:  # noqa: PTH123 - often
            file.writelines(f"{call}  {name}\n" for call in sorted(seen))
    if not has_cases(name):
        missed = "\n".join(map(str, sorted(expected - seen)))
        assert not missed, f"this test is the witness of rights that it no longer makes use of:\n{missed}"


def _calls() -> set[Call]:
    return {call for made in _made for call in _of(*made)}


def _of(function: str, service: str, operation: str, call: Mapping[str, Any]) -> set[Call]:
    """Return what one call asks for, but for what is of the test's own, such as a set that no template has."""
    physical, found = _physical(), set()
    with suppress(LookupError):
        for seen in _asked(function, service, operation, call, physical):
            with suppress(LookupError):
                found |= named_calls([seen], physical, stack="casilla", institutions=_INSTITUTIONS)
    return found


@cache
def _variables() -> dict[str, str]:
    written = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    names = {
        variable: said.get("Ref") or said["Fn::GetAtt"][0]
        for variable, said in written.items()
        if isinstance(said, dict) and ("Ref" in said or "Fn::GetAtt" in said)
    }
    return {variable: name for variable, name in names.items() if name in load_template()["Resources"]}


def _physical() -> dict[str, str]:
    found = {name: _ENVIRONMENT[variable] for variable, name in _variables().items() if variable in _ENVIRONMENT}
    secrets = {name: arn.rpartition(":")[2].rpartition("-")[0] for name, arn in found.items() if ":secret:" in arn}
    return {**found, **secrets, "DataKey": "data"}


def _asked(
    function: str, service: str, operation: str, call: Mapping[str, Any], physical: dict[str, str]
) -> Iterator[_Seen]:
    ask = {"dynamodb": _table, "s3": _object, "sesv2": _mail, "kms": _key}.get(service, _other)
    for action, arn, told in ask(service, operation, call, physical):
        yield function, action, arn, told
        act = "Decrypt" if service == "dynamodb" else _BY_SERVICE.get(action)
        if act:
            by = {"kms:viaservice": f"{service}.{REGION}.amazonaws.com"}
            yield function, f"kms:{act}", f"arn:aws:kms:{REGION}:{_ACCOUNT}:key/data", by


_Asked = Iterator[tuple[str, str, dict[str, Any]]]


def _table(_: str, operation: str, call: Mapping[str, Any], physical: dict[str, str]) -> _Asked:
    if operation == "TransactWriteItems":
        done = [
            (f"dynamodb:{_ITEMS[kind]}", said["TableName"])
            for item in call["TransactItems"]
            for kind, said in item.items()
        ]
    elif operation == "BatchGetItem":
        done = [("dynamodb:BatchGetItem", table) for table in call["RequestItems"]]
    else:
        done = [(f"dynamodb:{operation}", call["TableName"])]
    index = call.get("IndexName", "")
    for action, table in dict.fromkeys(done):
        keys = leading_keys(call, table, action, _partition_key(table, index, physical))
        arn = f"arn:aws:dynamodb:{REGION}:{_ACCOUNT}:table/{table}" + (f"/index/{index}" if index else "")
        yield action, arn, {"dynamodb:leadingkeys": keys} if keys else {}


def _partition_key(table: str, index: str, physical: dict[str, str]) -> str:
    described = load_described({known: name for name, known in physical.items()}[table])
    if index:
        [described] = [each for each in described["GlobalSecondaryIndexes"] if each["IndexName"] == index]
    return str(described["KeySchema"][0]["AttributeName"])


@cache
def load_described(name: str) -> dict[str, Any]:
    """Return what the template says of a table."""
    described: dict[str, Any] = load_template()["Resources"][name]["Properties"]
    return described


def _object(_: str, operation: str, call: Mapping[str, Any], __: dict[str, str]) -> _Asked:
    if operation == "ListObjectsV2":
        yield "s3:ListBucket", f"arn:aws:s3:::{call['Bucket']}", {"s3:prefix": call.get("Prefix", "")}
        return
    if operation == "CopyObject":
        source = call["CopySource"]
        copied = source if isinstance(source, str) else f"{source['Bucket']}/{source['Key']}"
        yield "s3:GetObject", f"arn:aws:s3:::{copied}", {}
    action = _S3.get(operation, "PutObject" if operation == "CopyObject" else operation)
    yield f"s3:{action}", f"arn:aws:s3:::{call['Bucket']}/{call['Key']}", {}


def _mail(_: str, __: str, call: Mapping[str, Any], ___: dict[str, str]) -> _Asked:
    told = {"ses:fromaddress": call["FromEmailAddress"]}
    for action in ("ses:SendEmail", "ses:SendRawEmail"):
        yield action, f"arn:aws:ses:{REGION}:{_ACCOUNT}:identity/{call['FromEmailAddress']}", told
        if "ConfigurationSetName" in call:
            yield action, f"arn:aws:ses:{REGION}:{_ACCOUNT}:configuration-set/{call['ConfigurationSetName']}", told


def _key(_: str, operation: str, call: Mapping[str, Any], __: dict[str, str]) -> _Asked:
    yield f"kms:{operation}", call["KeyId"], {"kms:encryptioncontextkeys": [*call.get("EncryptionContext", ())]}


def _other(service: str, operation: str, call: Mapping[str, Any], _: dict[str, str]) -> _Asked:
    if service == "sqs":
        yield f"sqs:{operation}", f"arn:aws:sqs:{REGION}:{_ACCOUNT}:{call['QueueUrl'].rpartition('/')[2]}", {}
    elif service == "sns" and "PhoneNumber" in call:
        yield f"sns:{operation}", "*", {}
    else:
        yield f"{service}:{operation}", call.get("SecretId", "*"), {}
