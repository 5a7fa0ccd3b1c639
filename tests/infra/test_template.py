from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pynamodb.attributes import Attribute, TTLAttribute
from pynamodb.indexes import GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.config import Config
from chalicelib.domain.alert.delivery_report import parse_report
from chalicelib.handlers.fault import UNAVAILABLE
from chalicelib.renderers.alert.alert_sms import holds_portal
from chalicelib.store import tables
from infra.package import ROOT
from infra.template import load_template

TEMPLATE = load_template()
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
VARIABLES: dict[str, Any] = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
MODELS = {
    f"{name}_TABLE": model
    for name, model in {
        "INSTITUTIONS": tables.InstitutionItem,
        "MAILBOXES": tables.MailboxItem,
        "ACCOUNTS": tables.AccountItem,
        "NOTICES": tables.NoticeItem,
        "DEPOSITS": tables.DepositItem,
        "EVENTS": tables.EventItem,
        "ALERTS": tables.AlertBatchItem,
        "UPLOADS": tables.UploadItem,
        "TOKENS": tables.TokenItem,
        "REGISTRATIONS": tables.RegistrationItem,
        "EXPORTS": tables.ExportItem,
        "CHECKS": tables.FileCheckItem,
        "REQUESTS": tables.DataRequestItem,
        "STAFF": tables.StaffItem,
        "COUNTS": tables.CountItem,
        "COMPOSITIONS": tables.CompositionItem,
        "FILINGS": tables.FilingItem,
        "STATEMENTS": tables.StatementItem,
    }.items()
}
ANYWHERE = {
    # Publishing to a phone has no resource of its own: everything but topics is as narrow as it gets.
    ("policy-api_handler.json", "TextMessagesToPhonesOnly"),
    ("policy-send_alerts.json", "TextMessagesToPhonesOnly"),
    ("policy-sweep_alerts.json", "TextMessagesToPhonesOnly"),
    ("policy-send_reminders.json", "TextMessagesToPhonesOnly"),
    ("policy-watch_access.json", "TextMessagesToPhonesOnly"),
}
FUNCTIONS = {
    name
    for name, resource in RESOURCES.items()
    if "FunctionName" in resource.get("Properties", {}) and "Type" not in resource
}


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {name: resource["Properties"] for name, resource in RESOURCES.items() if resource.get("Type") == kind}


def keys(schema: list[dict[str, str]]) -> dict[str, str]:
    return {element["KeyType"]: element["AttributeName"] for element in schema}


def model_keys(model: type) -> dict[str, str]:
    found = {}
    for attribute in vars(model).values():
        if isinstance(attribute, Attribute) and (attribute.is_hash_key or attribute.is_range_key):
            found["HASH" if attribute.is_hash_key else "RANGE"] = attribute.attr_name
    return found


def test_the_functions_environment_is_the_configuration_to_the_letter() -> None:
    assert set(VARIABLES) == {field.name.upper() for field in fields(Config)}


def test_defaults_of_the_configuration_are_the_templates() -> None:
    given = {field.name.upper(): field.default for field in fields(Config) if field.default is not MISSING}
    parameters = {
        name: str(TEMPLATE["Parameters"][value["Ref"]]["Default"])
        for name, value in VARIABLES.items()
        if value.get("Ref") in TEMPLATE["Parameters"] and "Default" in TEMPLATE["Parameters"][value["Ref"]]
    }
    assert parameters == {name: given[name] for name in parameters}
    assert len(parameters) >= 4


def test_every_model_is_bound_and_has_a_table() -> None:
    assert set(MODELS.values()) == {model for model in vars(tables).values() if _is_model(model)}
    assert {VARIABLES[name]["Ref"] for name in MODELS} == set(of_type("AWS::DynamoDB::Table"))


@pytest.mark.parametrize("variable", MODELS)
def test_a_table_has_its_models_keys(variable: str) -> None:
    table = of_type("AWS::DynamoDB::Table")[VARIABLES[variable]["Ref"]]
    assert keys(table["KeySchema"]) == model_keys(MODELS[variable])


@pytest.mark.parametrize("variable", MODELS)
def test_key_attributes_have_their_models_types(variable: str) -> None:
    table = of_type("AWS::DynamoDB::Table")[VARIABLES[variable]["Ref"]]
    types = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}
    model = {a.attr_name: a.attr_type for a in MODELS[variable].get_attributes().values()}
    assert types == {name: model[name] for name in types}


@pytest.mark.parametrize("variable", MODELS)
def test_indexes_a_model_declares_are_the_tables(variable: str) -> None:
    table = of_type("AWS::DynamoDB::Table")[VARIABLES[variable]["Ref"]]
    indexes = {i["IndexName"]: keys(i["KeySchema"]) for i in table.get("GlobalSecondaryIndexes", [])}
    declared = {
        index.Meta.index_name: model_keys(type(index))
        for index in vars(MODELS[variable]).values()
        if isinstance(index, GlobalSecondaryIndex)
    }
    assert declared.items() <= indexes.items()


@pytest.mark.parametrize("variable", MODELS)
def test_indexes_hold_what_their_models_say(variable: str) -> None:
    table = of_type("AWS::DynamoDB::Table")[VARIABLES[variable]["Ref"]]
    held = {i["IndexName"]: i["Projection"] for i in table.get("GlobalSecondaryIndexes", [])}
    for index in vars(MODELS[variable]).values():
        if isinstance(index, GlobalSecondaryIndex):
            declared = index.Meta.projection
            included = {"NonKeyAttributes": declared.non_key_attributes} if declared.non_key_attributes else {}
            assert held[index.Meta.index_name] == {"ProjectionType": declared.projection_type, **included}


@pytest.mark.parametrize("variable", MODELS)
def test_time_to_live_is_the_models(variable: str) -> None:
    table = of_type("AWS::DynamoDB::Table")[VARIABLES[variable]["Ref"]]
    attributes = MODELS[variable].get_attributes().values()
    declared = [a.attr_name for a in attributes if isinstance(a, TTLAttribute)]
    living = [table["TimeToLiveSpecification"]["AttributeName"]] if "TimeToLiveSpecification" in table else []
    assert living == declared


def assert_kept(resource: dict[str, Any]) -> None:
    """It outlives its stack and its replacement, but not a first creation that failed: the second one makes it anew."""
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


KEPT = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::SES::EmailIdentity",
    "AWS::Backup::BackupVault",
}
OF_THE_ACCOUNT = {"ApiLogRole", "ApiLogAccount"}
"""Other stacks write by these from the moment they are there, so they stay in any case; neither has a fixed name."""


def test_what_cannot_be_made_again_is_kept_and_nothing_else() -> None:
    for name, resource in RESOURCES.items():
        if resource.get("Type") in KEPT:
            assert_kept(resource)
        elif name in OF_THE_ACCOUNT:
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
        else:
            assert not {"DeletionPolicy", "UpdateReplacePolicy"} & resource.keys(), name


@pytest.mark.parametrize("name", of_type("AWS::DynamoDB::Table"))
def test_tables_are_backed_up_encrypted_and_outlive_the_stack(name: str) -> None:
    table = RESOURCES[name]["Properties"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert table["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert_kept(RESOURCES[name])


@pytest.mark.parametrize("name", of_type("AWS::S3::Bucket"))
def test_buckets_are_private_encrypted_and_outlive_the_stack(name: str) -> None:
    bucket = RESOURCES[name]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert_kept(RESOURCES[name])


def test_documents_never_expire_while_they_are_current() -> None:
    bucket = RESOURCES["DocumentsBucket"]["Properties"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Mode"] == "GOVERNANCE"
    for rule in bucket["LifecycleConfiguration"]["Rules"]:
        assert not {"ExpirationInDays", "ExpirationDate", "Transitions"} & set(rule)


@pytest.mark.parametrize(
    ("kind", "policy_kind", "field"),
    [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
    ],
)
def test_every_bucket_queue_and_topic_refuses_what_does_not_come_by_tls(
    kind: str, policy_kind: str, field: str
) -> None:
    guarded = set()
    for policy in of_type(policy_kind).values():
        guarding = policy[field] if isinstance(policy[field], list) else [policy[field]]
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Sid"] == "TlsOnly":
                assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
                assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
                assert all(target["Ref"] in json.dumps(statement["Resource"]) for target in guarding)
                guarded |= {target["Ref"] for target in guarding}
    assert guarded == set(of_type(kind))


def test_nobody_deletes_a_document_for_good() -> None:
    statements = RESOURCES["DocumentsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [kept] = [statement for statement in statements if statement["Sid"] == "VersionsStay"]

    assert (kept["Effect"], kept["Principal"], "Condition" in kept) == ("Deny", "*", False)
    assert kept["Resource"] == {"Fn::Sub": "${DocumentsBucket.Arn}/*"}
    assert {"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutObjectRetention"} < {*kept["Action"]}


def test_every_queue_is_encrypted_and_has_dead_letters_or_is_for_them() -> None:
    queues = of_type("AWS::SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    for name, queue in queues.items():
        if not name.endswith("Failed"):
            assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{name}Failed", "Arn"]}


STREAMS = [
    RESOURCES[function]["Properties"]["Events"][f"{function}DynamodbEventSource"]["Properties"]
    for function in ("SendAlerts", "CountActivity")
]
"""What the event log starts; of a stream's shard no more than two functions can read."""


def test_every_asynchronous_function_has_dead_letters() -> None:
    queues = [stream["DestinationConfig"]["OnFailure"]["Destination"] for stream in STREAMS]
    assert queues == [{"Fn::GetAtt": [name, "Arn"]} for name in ("AlertsFailed", "ActivityFailed")]
    reports = RESOURCES["RecordDeliveries"]["Properties"]["EventInvokeConfig"]["DestinationConfig"]
    assert reports["OnFailure"]["Destination"] == {"Fn::GetAtt": ["DeliveriesFailed", "Arn"]}


@pytest.mark.parametrize(("stream", "most_seconds"), [*zip(STREAMS, (3600, 21600), strict=True)])
def test_a_record_of_the_stream_that_cannot_be_handled_ends_among_the_dead_letters_alone_and_soon(
    stream: dict[str, Any], most_seconds: int
) -> None:
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 0 < stream["MaximumRetryAttempts"] <= 10
    assert 60 <= stream["MaximumRecordAgeInSeconds"] <= most_seconds  # without a bound it would block its shard a day


@pytest.mark.parametrize(
    ("policy", "queue"),
    [
        ("policy-send_alerts.json", "AlertsFailed"),
        ("policy-record_deliveries.json", "DeliveriesFailed"),
        ("policy-count_activity.json", "ActivityFailed"),
    ],
)
def test_a_function_may_write_its_dead_letters(policy: str, queue: str) -> None:
    statements = json.loads((ROOT / ".chalice" / policy).read_text(encoding="utf-8"))["Statement"]
    allowed = [json.dumps(each["Resource"]) for each in statements if "sqs:SendMessage" in each["Action"]]
    assert allowed == [json.dumps({"Fn::GetAtt": [queue, "Arn"]})]


SES_KINDS = {
    "send": "Send",
    "reject": "Reject",
    "bounce": "Bounce",
    "complaint": "Complaint",
    "delivery": "Delivery",
    "deliveryDelay": "DeliveryDelay",
    "open": "Open",
    "click": "Click",
    "renderingFailure": "Rendering Failure",
    "subscription": "Subscription",
}
"""What a configuration set calls what SES can report, and how the report calls itself."""


@pytest.mark.parametrize("subscribed", SES_KINDS)
def test_ses_reports_what_is_understood_and_no_more(subscribed: str) -> None:
    at, kind = "2026-03-09T20:15:30.000Z", SES_KINDS[subscribed]
    details = {"timestamp": at, "bounceType": "Permanent", "bounceSubType": "General", "delayType": "General"}
    mail = {"messageId": "m", "timestamp": at, "tags": {"notice_id": ["2222-2222-2222"], "user_id": ["u1"]}}
    understood = parse_report({"eventType": kind, "mail": mail, subscribed: details}) is not None
    destination = RESOURCES["MailReportsDestination"]["Properties"]["EventDestination"]
    assert (subscribed in destination["MatchingEventTypes"]) == understood


def watched(namespace: str, metric: str) -> set[str]:
    """Return the resources whose metric has an alarm."""
    values = [
        alarm["Dimensions"][0]["Value"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if (alarm.get("Namespace"), alarm.get("MetricName")) == (namespace, metric) and alarm["Dimensions"]
    ]
    return {value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0] for value in values}


def test_every_queue_and_every_function_has_an_alarm() -> None:
    queues = set(of_type("AWS::SQS::Queue"))
    assert watched("AWS/SQS", "ApproximateNumberOfMessagesVisible") == {q for q in queues if q.endswith("Failed")}
    assert watched("AWS/SQS", "ApproximateAgeOfOldestMessage") == {q for q in queues if not q.endswith("Failed")}
    assert watched("AWS/Lambda", "Errors") == FUNCTIONS
    assert watched("AWS/Lambda", "IteratorAge") == {"SendAlerts", "CountActivity"}


@pytest.mark.parametrize("listener", ["Page", "Ticket"])
def test_who_is_told_is_subscribed_to_what_alarms_may_publish_to(listener: str) -> None:
    subscription = RESOURCES[f"{listener}Subscription"]
    assert subscription["Condition"] == f"Has{listener}Listener"
    assert subscription["Properties"]["TopicArn"] == {"Ref": f"{listener}Topic"}
    assert subscription["Properties"]["Endpoint"] == {"Ref": f"{listener}Listener"}
    assert subscription["Properties"]["Protocol"] == {"Ref": f"{listener}Protocol"}
    [policy] = [
        each for each in of_type("AWS::SNS::TopicPolicy").values() if {"Ref": f"{listener}Topic"} in each["Topics"]
    ]
    [alarms] = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    pattern = re.compile(TEMPLATE["Parameters"][f"{listener}Listener"]["AllowedPattern"])
    for good in ("", "guardia@casilla.example", "https://events.example/integration/1/enqueue"):
        assert pattern.fullmatch(good)
    for bad in ("http://events.example/", "guardia", "+51900000000"):
        assert not pattern.fullmatch(bad)


@pytest.mark.parametrize("kind", TEMPLATE["Resources"]["RestAPI"]["Properties"]["GatewayResponses"])
def test_what_the_gateway_refuses_has_the_shape_of_the_apis_errors(kind: str) -> None:
    response = RESOURCES["RestAPI"]["Properties"]["GatewayResponses"][kind]
    assert response["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"
    problem = json.loads(response["ResponseTemplates"]["application/json"])
    assert list(problem) == ["type", "title", "status", "code", "detail", "retryable"]
    assert problem["type"] == "about:blank"
    if kind == "INTEGRATION_FAILURE":
        assert problem == UNAVAILABLE
    assert problem["status"] == response["StatusCode"]


@pytest.mark.parametrize("function", ["sweep_alerts", "operator"])
def test_who_works_off_alerts_may_query_the_indexes_of_what_is_to_be_sent(function: str) -> None:
    policy = (ROOT / ".chalice" / f"policy-{function}.json").read_text(encoding="utf-8")
    assert all(f"${{AlertsTable.Arn}}/index/{name}" in policy for name in ("due", "waiting", "given_up"))


@pytest.mark.parametrize("function", ["send_alerts", "sweep_alerts", "send_reminders"])
def test_who_sends_alerts_sees_how_a_notice_stands_and_marks_addresses_that_died(function: str) -> None:
    policy = json.loads((ROOT / ".chalice" / f"policy-{function}.json").read_text(encoding="utf-8"))
    allowed = {each["Sid"]: set(each["Action"]) for each in policy["Statement"]}

    taken_out = {"dynamodb:UpdateItem"} if function == "send_reminders" else set()  # of the index to_remind
    assert allowed["Situations"] == {"dynamodb:BatchGetItem"} | taken_out
    assert allowed["Mailboxes"] == {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"}
    planned = {"dynamodb:PutItem"} if function == "send_reminders" else set()  # what is told of a filing's end
    assert allowed["Alerts"] == {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"} | planned
    assert allowed["Events"] == {"dynamodb:PutItem"}


def test_who_reminds_finds_what_is_due_by_its_index_and_reads_nothing_else_of_notices() -> None:
    policy = (ROOT / ".chalice" / "policy-send_reminders.json").read_text(encoding="utf-8")

    assert re.findall(r"\$\{(\w+)\.Arn\}/index/(\w+)", policy) == [
        ("NoticesTable", "to_remind"),
        ("FilingsTable", "due"),
    ]
    assert "Scan" not in policy


@pytest.mark.parametrize("path", sorted((ROOT / ".chalice").glob("policy-*.json")), ids=lambda path: path.name)
def test_a_policy_allows_named_actions_on_named_resources(path: Path) -> None:
    for statement in json.loads(path.read_text(encoding="utf-8"))["Statement"]:
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action]
        if (path.name, statement["Sid"]) in ANYWHERE:
            continue
        resources = statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            assert _names_something(resource), resource


@pytest.mark.parametrize("path", sorted((ROOT / ".chalice").glob("policy-*.json")), ids=lambda path: path.name)
def test_an_index_that_a_policy_names_is_one_of_its_tables(path: Path) -> None:
    tables_of = of_type("AWS::DynamoDB::Table")
    for table, index in re.findall(r"\$\{(\w+)\.Arn\}/index/(\w+)", path.read_text(encoding="utf-8")):
        assert index in {known["IndexName"] for known in tables_of[table]["GlobalSecondaryIndexes"]}


def _names_something(resource: Any) -> bool:
    """A reference to one of the template's resources, or a name within this account."""
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0] in RESOURCES
    text = resource["Fn::Sub"] if isinstance(resource["Fn::Sub"], str) else resource["Fn::Sub"][0]
    if text.startswith("arn:${AWS::Partition}:"):
        return "${AWS::AccountId}" in text and "*" not in text.removesuffix(":*")
    return any(text.startswith(f"${{{name}.Arn}}/") for name in RESOURCES)


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Model) and thing is not Model


def test_the_portal_s_address_is_as_long_as_an_sms_holds_and_no_longer() -> None:
    longest = TEMPLATE["Parameters"]["PortalAddress"]["MaxLength"]
    zone = ZoneInfo("America/Lima")
    assert holds_portal("x" * longest, zone)
    assert not holds_portal("x" * (longest + 1), zone)
