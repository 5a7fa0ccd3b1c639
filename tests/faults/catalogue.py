"""What can go wrong with a call to AWS."""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from tests.faults.strike import Effect, Fault, Order, Outcome, ProcessDied, Scope
from tests.faults.wire import answer

_WRITES = re.compile(r"dynamodb\.(PutItem|UpdateItem|TransactWriteItems)")
_CODES = {"dynamodb": "ThrottlingException", "s3": "SlowDown", "sesv2": "TooManyRequestsException", "sns": "Throttled"}


def _die(_: str, __: AWSPreparedRequest) -> AWSResponse:
    raise ProcessDied


def _no_answer(_: str, request: AWSPreparedRequest) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=request.url)


def _reset(_: str, request: AWSPreparedRequest) -> AWSResponse:
    raise ConnectionClosedError(endpoint_url=request.url)


def _refused(_: str, request: AWSPreparedRequest) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=request.url)


def _throttled(operation: str, _: AWSPreparedRequest) -> AWSResponse:
    service = operation.partition(".")[0]
    return _error(service, {"s3": 503, "sesv2": 429}.get(service, 400), _CODES[service])


def _exceeded(_: str, __: AWSPreparedRequest) -> AWSResponse:
    return _error("dynamodb", 400, "ProvisionedThroughputExceededException")


def _broken(operation: str, _: AWSPreparedRequest) -> AWSResponse:
    service = operation.partition(".")[0]
    return _error(service, 500, {"s3": "InternalError"}.get(service, "InternalServerError"))


def _never_taken(_: str, __: AWSPreparedRequest) -> AWSResponse:
    return answer(400, json.dumps({"message": "Illegal address"}), {"x-amzn-errortype": "BadRequestException"})


def _conflicting(operation: str, request: AWSPreparedRequest) -> AWSResponse:
    if not operation.endswith("TransactWriteItems"):
        return _error("dynamodb", 400, "TransactionConflictException")
    reasons = ["TransactionConflict"] + ["None"] * (len(_fields(request)["TransactItems"]) - 1)
    return _error(
        "dynamodb",
        400,
        "TransactionCanceledException",
        Message=f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(reasons)}]",
        CancellationReasons=[{"Code": reason} for reason in reasons],
    )


def _unprocessed(_: str, request: AWSPreparedRequest) -> AWSResponse:
    return answer(200, json.dumps({"Responses": {}, "UnprocessedKeys": _fields(request)["RequestItems"]}))


def _fields(request: AWSPreparedRequest) -> dict[str, Any]:
    body: Any = request.body
    fields: dict[str, Any] = json.loads(body)
    return fields


def _error(service: str, status: int, code: str, **details: object) -> AWSResponse:
    if service == "dynamodb":
        said = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **details}
        return answer(status, json.dumps(said), {"Content-Type": "application/x-amz-json-1.0"})
    if service == "sesv2":
        return answer(status, json.dumps({"message": code}), {"x-amzn-errortype": code})
    error = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return answer(status, error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>")


def _each_scope(name: str, effect: Effect, outcome: Outcome, operations: str = "") -> tuple[Fault, ...]:
    said = {Scope.ATTEMPT: "once", Scope.CALL: "through the SDK's retries", Scope.RUN: "as long as it is tried"}
    pattern = re.compile(operations)
    return tuple(Fault(f"{name} {said[scope]}", effect, outcome, scope, operations=pattern) for scope in Scope)


DEATHS = (
    Fault("death before it, alone", Effect.NEVER, _die, order=Order.FIRST),
    Fault("death before it, the others done", Effect.NEVER, _die, order=Order.LAST),
    Fault("death after it, alone", Effect.DONE, _die, order=Order.FIRST),
    Fault("death after it, the others done", Effect.DONE, _die, order=Order.LAST),
)
LOST_ANSWERS = (
    *_each_scope("answer lost", Effect.DONE, _no_answer),
    *_each_scope("connection reset after the effect", Effect.DONE, _reset)[:1],
    *_each_scope("server error after the effect", Effect.DONE, _broken)[1:2],
)
LATE_EFFECTS = (
    Fault("no answer, effect after the SDK's retry", Effect.AFTER_NEXT, _no_answer),
    Fault("no answer, effect at the end", Effect.AFTER_RUN, _no_answer),
    Fault("no answer to any try, effects at the end", Effect.AFTER_RUN, _no_answer, Scope.RUN),
)
REFUSALS = (
    *_each_scope("connection refused", Effect.NEVER, _refused)[::2],
    *_each_scope("throttled", Effect.NEVER, _throttled)[::2],
    *_each_scope("throughput exceeded", Effect.NEVER, _exceeded, "dynamodb")[1:2],
    *_each_scope("transaction conflict", Effect.NEVER, _conflicting, _WRITES.pattern)[1:],
    *_each_scope("keys left unprocessed", Effect.NEVER, _unprocessed, r"dynamodb\.BatchGetItem")[::2],
)
ADDRESS_REFUSED = Fault("address refused for good", Effect.NEVER, _never_taken, operations=re.compile("sesv2"))
"""It ends an alert, so it is none of those that an alert has to survive."""
FAULTS = (*DEATHS, *LOST_ANSWERS, *LATE_EFFECTS, *REFUSALS)
QUICK = {"transaction conflict through the SDK's retries", "keys left unprocessed once"}
"""What `make test` tries at every call; the others take a second or more each, and are for `make check`."""
