"""The cloud that tests run on: created from the template once per process, emptied between tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.responses import DynamoHandler
from moto.s3.models import FakeKey, s3_backends
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from chalicelib.config import Config
from chalicelib.store.tables import SharedConnection, bind
from infra.local.cloud import CREDENTIALS, REGION, Cloud, create_resources
from infra.local.ministack import Ministack
from tests.quick_moto import hurry

hurry()


def _in_turn(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Have threads wait for each other: a transaction copies whole tables, which breaks where another one writes."""
    turn = threading.RLock()

    @wraps(act)
    def act_alone(handler: Any) -> Any:
        with turn:
            return act(handler)

    return act_alone


_dynamo: Any = DynamoHandler
_dynamo.call_action = _in_turn(_dynamo.call_action)
_init = Loader.__init__
_loaded: dict[Any, Any] = {}


def _init_sharing(loader: Loader, *args: Any, **options: Any) -> None:
    """Find and parse each of botocore's data files once a run: sessions do it anew, much of a test's time."""
    _init(loader, *args, **options)
    loader._cache = _loaded  # type: ignore[attr-defined]  # noqa: SLF001 - what each loader keeps for itself alone


Loader.__init__ = _init_sharing  # type: ignore[assignment,method-assign]


class Engine:
    """One engine with the template's resources in it."""

    def __init__(self, ministack: Ministack | None = None) -> None:
        """Use this running engine, or moto in this process."""
        self._ministack = ministack
        self._cloud: Cloud | None = None
        self._clients: dict[str, Any] = {}

    @contextmanager
    def opened(self) -> Iterator[dict[str, str]]:
        """Yield an environment for `Config.from_env`, which is also this process's for a while; all is empty."""
        with ExitStack() as stack:
            if self._ministack is None:
                mock = mock_aws()
                mock.start(reset=False)
                stack.callback(mock.stop, remove_data=False)
            environment = self._prepare()
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
                patch.delenv(name, raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            yield environment

    def client(self, service: str) -> Any:
        """Return a client of this engine."""
        if service not in self._clients:
            make: Any = boto3.Session("test", "test", region_name=REGION).client
            endpoint = self._ministack.endpoint_url if self._ministack else None
            self._clients[service] = make(service, endpoint_url=endpoint)
        return self._clients[service]

    def _prepare(self) -> dict[str, str]:
        """Create what is missing and empty the rest. A test with a mock of its own wipes moto clean, so look first."""
        reach = self._ministack.environment if self._ministack else dict(CREDENTIALS)
        if self._cloud is None or self._cloud.environment["EVENTS_TABLE"] not in self._table_names():
            self._cloud = create_resources(reach.get("AWS_ENDPOINT_URL"))
            if self._ministack is not None:
                self._keep_what_is_over(self._cloud)
        self._empty(self._cloud)
        return {**self._cloud.environment, **reach}

    def _table_names(self) -> list[str]:
        if self._ministack is None:
            return list(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables)
        names: list[str] = self.client("dynamodb").list_tables()["TableNames"]
        return names

    def _keep_what_is_over(self, cloud: Cloud) -> None:
        """Have this engine delete nothing by its real clock, once a minute: tests have theirs, months behind it."""
        dynamodb = self.client("dynamodb")
        for name in (value for key, value in cloud.environment.items() if key.endswith("_TABLE")):
            told = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            if told["TimeToLiveStatus"] == "ENABLED":
                off = {"Enabled": False, "AttributeName": told["AttributeName"]}
                dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=off)

    def _empty(self, cloud: Cloud) -> None:
        if self._ministack is None:
            _empty_moto(DEFAULT_ACCOUNT_ID)
            return
        for name, value in cloud.environment.items():
            if name.endswith("_TABLE"):
                self._empty_table(value)
            elif name.endswith("_BUCKET"):
                self._empty_bucket(value)
        for attributes in cloud.attributes.values():
            if "QueueName" in attributes:
                _drain(self.client("sqs"), attributes["Ref"])

    def _empty_table(self, name: str) -> None:
        dynamodb = self.client("dynamodb")
        items = [item for page in dynamodb.get_paginator("scan").paginate(TableName=name) for item in page["Items"]]
        if not items:
            return
        keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]]
        for item in items:
            dynamodb.delete_item(TableName=name, Key={key: item[key] for key in keys})

    def _empty_bucket(self, name: str) -> None:
        s3 = self.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                key, version_id = version["Key"], version["VersionId"]
                s3.delete_object(Bucket=name, Key=key, VersionId=version_id, BypassGovernanceRetention=True)


@cache
def moto_engine_of_this_process() -> Engine:
    """Return the one engine in this process: it is wherever moto's data are."""
    return Engine()


_connections: dict[str, SharedConnection] = {}


def bound(environment: dict[str, str]) -> SharedConnection:
    """Bind the tables of an engine that a fixture opened, by one connection for all: clients take long to make."""
    engine = environment.get("AWS_ENDPOINT_URL", "moto")
    _connections[engine] = bind(Config.from_env(environment), _connections.get(engine))
    return _connections[engine]


def _empty_moto(account: str) -> None:
    """Forget what moto keeps, in its own memory: by its API this took longer than most tests."""
    for table in dynamodb_backends[account][REGION].tables.values():
        table.items.clear()
        if table.stream_shard is not None:
            table.stream_shard.items.clear()  # each transaction copies them, too
    for bucket in s3_backends[account]["aws"].buckets.values():
        for key in list(bucket.keys):
            for version in bucket.keys.getlist(key):
                if isinstance(version, FakeKey):
                    version.dispose()
        bucket.keys.clear()
        bucket.multiparts.clear()
    for name, queue in sqs_backends[account][REGION].queues.items():
        queue.last_purged_at = None  # or moto refuses for a minute, as SQS does
        sqs_backends[account][REGION].purge_queue(name)
    ses_backends[account][REGION].sent_messages.clear()
    sns_backends[account][REGION].sms_messages.clear()


def _drain(sqs: Any, url: str) -> None:
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
