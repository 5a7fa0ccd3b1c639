from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_plus

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.files import upload_store
from chalicelib.config import Config
from infra.local.cloud import NOT_HERE, create_resources
from infra.template import load_template
from tests.cloud import Engine


def client(service: str) -> Any:
    make: Any = boto3.client
    return make(service)


@pytest.mark.parametrize("time", [1, 2])
def test_each_test_finds_the_tables_and_buckets_empty(engine: dict[str, str], time: int) -> None:
    assert client("dynamodb").scan(TableName=engine["TOKENS_TABLE"])["Items"] == []
    assert "Contents" not in client("s3").list_objects_v2(Bucket=engine["DOCUMENTS_BUCKET"])
    assert "Messages" not in client("sqs").receive_message(QueueUrl=_queue_url())
    client("dynamodb").put_item(TableName=engine["TOKENS_TABLE"], Item={"token": {"S": str(time)}})
    client("s3").put_object(Bucket=engine["DOCUMENTS_BUCKET"], Key="notices/a", Body=b"a")
    client("sqs").send_message(QueueUrl=_queue_url(), MessageBody="a")


def test_the_environment_makes_a_container_whose_stores_answer(engine: dict[str, str]) -> None:
    box = Container(Config.from_env(engine))
    assert upload_store(box).find("nothing") is None


def test_a_transaction_that_is_cancelled_leaves_nothing_behind(engine: dict[str, str]) -> None:
    dynamodb, tokens, notices = client("dynamodb"), engine["TOKENS_TABLE"], engine["NOTICES_TABLE"]
    schema = dynamodb.describe_table(TableName=notices)["Table"]["KeySchema"]
    keys = [{key["AttributeName"]: {"S": name} for key in schema} for name in ("a", "b")]
    for name in ("changed", "deleted", "kept"):
        dynamodb.put_item(TableName=tokens, Item={"token": {"S": name}, "many": {"L": [{"S": "1"}]}})
    dynamodb.put_item(TableName=notices, Item={**keys[0], "words": {"S": "before"}})

    def found() -> list[list[dict[str, Any]]]:
        told = [dynamodb.scan(TableName=table)["Items"] for table in (tokens, notices)]
        return [sorted(items, key=str) for items in told]

    before = found()
    writes: list[dict[str, Any]] = [
        {
            "Update": {
                "TableName": tokens,
                "Key": {"token": {"S": "changed"}},
                "UpdateExpression": "SET many = list_append(many, :more)",
                "ExpressionAttributeValues": {":more": {"L": [{"S": "2"}]}},
            }
        },
        {"Delete": {"TableName": tokens, "Key": {"token": {"S": "deleted"}}}},
        {"Put": {"TableName": tokens, "Item": {"token": {"S": "new"}}}},
        {"Put": {"TableName": notices, "Item": {**keys[0], "words": {"S": "after"}}}},
        {"Put": {"TableName": notices, "Item": keys[1]}},
    ]
    kept = {"TableName": tokens, "Key": {"token": {"S": "kept"}}}
    refused = {"ConditionCheck": {**kept, "ConditionExpression": "attribute_not_exists(many)"}}

    with pytest.raises(ClientError, match="TransactionCanceled"):
        dynamodb.transact_write_items(TransactItems=[*writes, refused])
    assert found() == before

    dynamodb.transact_write_items(TransactItems=writes)
    assert [len(items) for items in found()] == [3, 2]
    assert found() != before


def test_creating_again_finds_what_is_there(engine: dict[str, str]) -> None:
    client("dynamodb").put_item(TableName=engine["TOKENS_TABLE"], Item={"token": {"S": "kept"}})
    again = create_resources(engine.get("AWS_ENDPOINT_URL"))
    assert again.environment["TOKENS_TABLE"] == engine["TOKENS_TABLE"]
    assert len(client("dynamodb").scan(TableName=engine["TOKENS_TABLE"])["Items"]) == 1


def test_what_the_engines_own_cloudformation_drops_is_there(engine: dict[str, str]) -> None:
    dynamodb, s3 = client("dynamodb"), client("s3")
    ttl = dynamodb.describe_time_to_live(TableName=engine["TOKENS_TABLE"])["TimeToLiveDescription"]
    # The second engine knows the attribute since it was enabled; for tests, whose clock is behind, it was put off.
    is_moto = "AWS_ENDPOINT_URL" not in engine
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED" if is_moto else "DISABLED", "expires_at")
    backups = dynamodb.describe_continuous_backups(TableName=engine["EVENTS_TABLE"])["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    table = dynamodb.describe_table(TableName=engine["EVENTS_TABLE"])["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert table["SSEDescription"]["SSEType"] == "KMS"
    lock = s3.get_object_lock_configuration(Bucket=engine["DOCUMENTS_BUCKET"])["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"].items() >= {"Mode": "GOVERNANCE", "Days": 7}.items()
    rules = s3.get_bucket_lifecycle_configuration(Bucket=engine["UPLOADS_BUCKET"])["Rules"]
    assert rules[0]["Expiration"]["Days"] == 2


def test_a_document_cannot_be_deleted_for_good_while_it_is_locked(engine: dict[str, str]) -> None:
    s3 = client("s3")
    version = s3.put_object(Bucket=engine["DOCUMENTS_BUCKET"], Key="notices/a", Body=b"a")["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=engine["DOCUMENTS_BUCKET"], Key="notices/a", VersionId=version)


def test_an_upload_that_arrives_is_told_to_the_queue(engine: dict[str, str]) -> None:
    client("s3").put_object(Bucket=engine["UPLOADS_BUCKET"], Key="uploads/a", Body=b"a")
    received = client("sqs").receive_message(QueueUrl=_queue_url(), WaitTimeSeconds=2)["Messages"]
    [record] = json.loads(received[0]["Body"])["Records"]
    assert unquote_plus(record["s3"]["object"]["key"]) == "uploads/a"


def test_a_wiped_moto_is_furnished_again(moto_engine: Engine) -> None:
    from moto import mock_aws  # noqa: PLC0415 - as a test with a mock of its own would

    with moto_engine.opened():
        pass
    with mock_aws():
        pass
    with moto_engine.opened() as environment:
        assert client("dynamodb").scan(TableName=environment["EVENTS_TABLE"])["Items"] == []


def test_every_type_left_out_locally_is_still_in_the_template() -> None:
    assert {resource.get("Type") for resource in load_template()["Resources"].values()} >= NOT_HERE


def _queue_url() -> str:
    url: str = client("sqs").get_queue_url(QueueName="casilla-uploads-arrived")["QueueUrl"]
    return url
