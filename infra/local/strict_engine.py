"""Start the engine so that it sees of each call what AWS sees, and writes down what roles ask for.

Run by the engine's own interpreter, and by nothing else: it imports no module of this project. The engine judges a
call by the policies of its role, its resource and its conditions, but passes over some of what AWS tells a policy:
who a mail is from, the partition keys that a call to a table names, what a KMS call is bound to, and the calls to KMS
that AWS makes in the caller's name. Here each of these is told, and judged by the engine's own evaluation.

Sources: the Service Authorization Reference (actions, resources, keys); "Using IAM with DynamoDB transactions"; "How
Amazon DynamoDB uses AWS KMS", "How Amazon S3 uses AWS KMS" and "How AWS Secrets Manager uses AWS KMS".
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from importlib import import_module
from typing import Any

_BODY: ContextVar[bytes] = ContextVar("body", default=b"")
"""What the request that is judged carries."""
_KEY_OF = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key", "Get": "Key"}
_DOES = {name: f"dynamodb:{name}Item" for name in ("Put", "Update", "Delete", "Get")} | {
    "ConditionCheck": "dynamodb:ConditionCheckItem"
}
_TOLD = ("dynamodb:leadingkeys", "s3:prefix", "ses:fromaddress", "kms:viaservice", "kms:encryptioncontextkeys")
"""What of a call's context is written down."""
_DATA_KEY = "Casilla's data at rest"
_written: set[str] = set()


def with_body(find: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the body (service, method, path, headers, body, …) while the call's resource is looked for."""

    def find_resource(*call: Any) -> Any:
        _BODY.set(call[4] if isinstance(call[4], bytes) else b"")
        return find(*call)

    return find_resource


def as_aws(judge: Callable[..., Any]) -> Callable[..., Any]:
    """Judge all that AWS judges of a call; the first that is not allowed counts."""

    def judge_all(context: Any, policies: Any, *limits: Any) -> Any:
        seen = [*_seen(context)]
        if "assumed-role" in context.principal_arn:
            for each in seen:
                _write_down(each)
        results = [judge(each, policies, *limits) for each in seen]
        return next((result for result in results if result.decision != "Allow"), results[0])

    return judge_all


def _seen(context: Any) -> Any:
    service, _, name = context.action.partition(":")
    if service == "ses" and name in {"SendEmail", "SendRawEmail"}:
        yield from _mail(context)
    elif service == "dynamodb" and ":table/" in context.resource_arn:
        table, _, index = context.resource_arn.partition(":table/")[2].partition("/index/")
        keys = leading_keys(_payload(), table, context.action, _partition_key(table, index))
        yield _with(context, {"dynamodb:leadingkeys": keys or None})
        yield _by_service(context, "Decrypt", "dynamodb")
    elif service == "kms":
        bound = _payload().get("EncryptionContext") or {}
        told = {f"kms:encryptioncontext:{key}".lower(): value for key, value in bound.items()}
        yield _with(context, {**told, "kms:encryptioncontextkeys": list(bound)})
    else:
        yield context
        if context.action in {"s3:GetObject", "secretsmanager:GetSecretValue"}:
            yield _by_service(context, "Decrypt", service)
        if context.action == "s3:PutObject":
            yield _by_service(context, "GenerateDataKey", service)
            if "uploadId" in _query():
                yield _by_service(context, "Decrypt", service)


def _mail(context: Any) -> Any:
    """Judge a mail by its sender's identity and by its configuration set; a finished message by both actions.

    AWS documents `ses:SendRawEmail` for it, and the reference of version 2 `ses:SendEmail`.
    """
    sent = _payload()
    at, sender = f"arn:aws:ses:{context.region}:{context.principal_account}", str(sent.get("FromEmailAddress", ""))
    for action in ("ses:SendEmail", "ses:SendRawEmail"):
        for resource in (f"{at}:identity/{sender}", f"{at}:configuration-set/{sent.get('ConfigurationSetName', '')}"):
            yield replace(_with(context, {"ses:fromaddress": sender or None}), action=action, resource_arn=resource)


def _by_service(context: Any, act: str, service: str) -> Any:
    """Return the call to KMS that AWS makes in the caller's name; all that functions reach is under one key."""
    return replace(
        context,
        action=f"kms:{act}",
        resource_arn=_data_key(),
        service_context={"kms:viaservice": f"{service}.{context.region}.amazonaws.com"},
    )


def _data_key() -> str:
    """Return the key's ARN; by its description, since the engine keeps of no table what encrypts it."""
    keys = import_module("ministack.services.kms")._keys  # noqa: SLF001 - the engine shows it nowhere else
    [arn] = [key["Arn"] for key in keys.values() if key["Description"] == _DATA_KEY]
    return str(arn)


def _with(context: Any, told: dict[str, Any]) -> Any:
    return replace(context, service_context={**context.service_context, **told})


def _payload() -> dict[str, Any]:
    try:
        payload = json.loads(_BODY.get() or b"{}")
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def _query() -> dict[str, Any]:
    request = import_module("ministack.core.iam_evaluator")._signed_request.get()  # noqa: SLF001 - the same
    return dict(request.query_params) if request is not None else {}


def leading_keys(call: Mapping[str, Any], table: str, action: str, attribute: str) -> list[str]:
    """Return the values of a table's or index's partition key that a call names for an action; none of a scan.

    The call is DynamoDB's JSON. Of a transaction each item counts for its own action.
    """
    keys = [item.get(attribute) for item in _items(call, table, action)]
    if "KeyConditionExpression" in call:
        keys.append(_asked(call, attribute))
    return sorted({str(next(iter(key.values()))) for key in keys if key})


def _partition_key(table: str, index: str) -> str:
    """Return the attribute's name, none where there is no such table: the call is refused anyway."""
    described = import_module("ministack.services.dynamodb")._tables.get(table)  # noqa: SLF001 - the same
    if described is None:
        return ""
    if index:
        [described] = [each for each in described["GlobalSecondaryIndexes"] if each["IndexName"] == index]
    [attribute] = [key["AttributeName"] for key in described["KeySchema"] if key["KeyType"] == "HASH"]
    return str(attribute)


def _items(call: Mapping[str, Any], table: str, action: str) -> list[dict[str, Any]]:
    if "TransactItems" in call:
        done = [(kind, said) for item in call["TransactItems"] for kind, said in item.items() if _DOES[kind] == action]
        return [said[_KEY_OF[kind]] for kind, said in done if said["TableName"] == table]
    if "RequestItems" in call:
        return [*call["RequestItems"].get(table, {}).get("Keys", ())]
    return [call[name] for name in ("Key", "Item") if name in call]


def _asked(call: Mapping[str, Any], attribute: str) -> dict[str, Any] | None:
    names, values = call.get("ExpressionAttributeNames", {}), call.get("ExpressionAttributeValues", {})
    equal = re.findall(r"(#?[\w.-]+)\s*=\s*(:[\w.-]+)", call["KeyConditionExpression"])
    return next((values[value] for name, value in equal if names.get(name, name) == attribute), None)


def _write_down(context: Any) -> None:
    told = {key: context.service_context[key] for key in _TOLD if context.service_context.get(key)}
    function = context.principal_arn.rpartition("/")[2]
    line = json.dumps([function, context.action, context.resource_arn, told], sort_keys=True)
    if line not in _written:
        _written.add(line)
        with open(os.environ["CALLS"], "a", encoding="utf-8") as calls:  # noqa: PTH123 - one line, often
            calls.write(f"{line}\n")


def main() -> None:
    """Start it."""
    actions: Any = import_module("ministack.core.iam_actions")
    evaluator: Any = import_module("ministack.core.iam_evaluator")
    actions.extract_resource_arn = with_body(actions.extract_resource_arn)
    evaluator.evaluate = as_aws(evaluator.evaluate)
    import_module("ministack.app").main()


if __name__ == "__main__":
    main()
