"""moto, with the same answers for less work: most of what the tests cost is what it does anew at each call."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.signers import RequestSigner
from moto.core import models, responses, serialize
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb import models as dynamodb_models
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import ast_nodes, expressions
from moto.dynamodb.responses import DynamoHandler

_trees: Any = ast_nodes
_expressions: Any = expressions
_TARGET = "DynamoDB_20120810."


def hurry() -> None:
    """Have moto do each of these once, or not at all."""
    reading: Any = responses
    reading.method_names_from_class = cache(reading.method_names_from_class)  # a class that is walked at each call
    models.RESPONSES_METHODS.clear()  # the library `requests` too would be answered: 1,300 patterns at each start
    stubber: Any = BotocoreStubber
    stubber.process_request = _straight_to_dynamodb(stubber.process_request)
    parser = _expressions.UpdateExpressionParser
    parser.make = staticmethod(cache(parser.make))  # who changes a tree copies it first
    _trees.DepthFirstTraverser.traverse_node_recursively = _traverse
    backend: Any = dynamodb_models.DynamoDBBackend
    backend.transact_write_items = _undone_by_item(backend.transact_write_items)
    copying: Any = dynamodb_models
    copying.copy = _NoTables
    signer: Any = RequestSigner
    signer.handler = _signed_where_it_is_read(signer.handler)
    headers: Any = responses
    headers.gen_amzn_requestid_long = _numbered
    serializer: Any = serialize.ResponseSerializer
    serializer._serialize_type_structure = _by_what_is_there(serializer._serialize_type_structure)  # noqa: SLF001 - no hook


def _straight_to_dynamodb(process: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a request over as it is: moto looks for its service among 150, and makes it one with forms and files."""

    def process_request(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        headers = HeadersDict({name: _text(value) for name, value in request.headers.items()})
        if not _is_for_dynamodb(headers.get("X-Amz-Target", ""), request.url):
            return process(stubber, request)
        handler: Any = DynamoHandler()
        handler.headers, handler.querystring, handler.uri_match = headers, {}, {}
        handler.response_headers = {"server": "amazon.com"}
        handler.current_account = DEFAULT_ACCOUNT_ID
        as_parsed = _Json(headers, request.body)
        handler.region = handler.get_region_from_url(as_parsed, request.url)
        handler.parse_parameters(as_parsed)
        return handler.call_action()

    return process_request


def _signed_where_it_is_read(sign: Callable[..., Any]) -> Callable[..., Any]:
    """Sign nothing for the engine in this process, which does not look at it; the other one gets what AWS would."""

    def handler(signer: RequestSigner, operation_name: str | None = None, request: Any = None, **rest: Any) -> Any:
        if _is_for_dynamodb(request.headers.get("X-Amz-Target", ""), request.url):
            return None
        return sign(signer, operation_name, request, **rest)

    return handler


def _is_for_dynamodb(target: str | bytes, url: str) -> bool:
    return _text(target).startswith(_TARGET) and ".amazonaws.com" in url


_requests = itertools.count()


def _numbered(headers: dict[str, Any] | None = None) -> str:
    """Return the id of a request: moto throws the dice for each of its 52 letters."""
    number = f"{next(_requests):052d}"
    if headers is not None:
        headers["x-amzn-requestid"] = number
    return number


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class _Json:
    """As much of a request as is looked at where it is JSON."""

    method, path, values = "POST", "/", ()

    def __init__(self, headers: HeadersDict, data: Any) -> None:
        self.headers, self.data = headers, data
        self.content_type = headers.get("Content-Type")


class _NoTables:
    """What moto takes for the module `copy`: beginning a transaction, it copies a whole table for each of its parts."""

    @staticmethod
    def deepcopy(thing: Any) -> Any:
        return thing if isinstance(thing, Table) else deepcopy(thing)


def _undone_by_item(write: Callable[..., None]) -> Callable[..., None]:
    """Put back what a cancelled transaction touched, and nothing else."""

    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        kept: dict[int, tuple[dict[Any, Any], dict[Any, Any]]] = {}
        streams: dict[int, tuple[list[Any], int]] = {}
        for part in (op for item in transact_items for op in item.values()):
            table = backend.tables.get(part.get("TableName"))
            key = part.get("Key") or part.get("Item") or {}
            if table is None or not {table.hash_key_attr, table.range_key_attr} - {None} <= key.keys():
                continue  # refused before anything is written
            first, second = backend.get_keys_value(table, key)
            items, name = (table.items[first], second) if table.has_range_key else (table.items, first)
            _, before = kept.setdefault(id(items), (items, dict(items)))
            if name in before:
                before[name] = deepcopy(before[name])
            if table.stream_shard is not None:
                written = table.stream_shard.items
                streams[id(written)] = (written, len(written))
        try:
            write(backend, transact_items)
        except Exception:
            for items, before in kept.values():
                items.clear()
                items.update(before)
            for written, many in streams.values():
                del written[many:]
            raise

    return transact_write_items


def _traverse(self: Any, node: Any, child_id: int = -1) -> Any:
    """Go through a tree as moto does, which asks at each of its nodes anew what is to be processed."""
    processing = self.__dict__.get("_processing")
    if processing is None:
        processing = self._processing = tuple(self._processing_map().items())
    if not isinstance(node, _trees.Node):
        return node
    parent = node.parent
    for at, child in enumerate(node.children or ()):
        self.pre_processing_of_child(node, at)
        if isinstance(child, _trees.Node):
            _traverse(self, child, at)
    for kind, process in processing:
        if isinstance(node, kind):
            node = process(node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
            break
    return node


def _by_what_is_there(serialize_structure: Callable[..., None]) -> Callable[..., None]:
    """Write of DynamoDB's answers the members that there are: moto looks for each that may be under several names."""

    def structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if not isinstance(value, Mapping) or self.operation_model.service_model.service_name != "dynamodb":
            serialize_structure(self, serialized, value, shape, key)
            return
        wrapper = self.MAP_TYPE() if key else serialized
        for name, member in shape.members.items():
            if value.get(name) is not None:
                member.parent = shape
                self._serialize(wrapper, value[name], member, name)
        if key:
            self._default_serialize(serialized, wrapper, shape, key)

    return structure
