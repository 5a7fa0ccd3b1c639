"""Create the template's data resources on a local engine, by direct calls.

The engines' own CloudFormation drops time to live, backups, encryption, object locks and lifecycles without a word;
the direct calls work. What a template says is therefore read and done here, resource by resource. A type that is
neither created nor listed in `NOT_HERE` is an error, so that the template cannot say more than the laptop has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

from infra.template import load_template

Properties = dict[str, Any]
Attributes = dict[str, str]

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
"""What the engines accept; the environment of every process that talks to one."""
PUT_BY_THE_OPERATOR = "clave-de-demostracion"
"""In the secrets that the template leaves without a value; the simulators take it."""

PARAMETERS = {
    "ApiAuthority": "localhost:8000",
    "PortalAddress": "casilla.example",
    "MailFrom": "avisos@casilla.example",
}
"""Values of the parameters that have no default."""

NOT_HERE = frozenset(
    {
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::BasePathMapping",
        "AWS::ApiGateway::DomainName",
        "AWS::Backup::BackupPlan",
        "AWS::Backup::BackupSelection",
        "AWS::Backup::BackupVault",
        "AWS::CloudWatch::Alarm",
        "AWS::Events::Rule",
        "AWS::GuardDuty::MalwareProtectionPlan",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",
        "AWS::S3::BucketPolicy",  # TLS only: the laptop speaks plain HTTP on loopback
        "AWS::SES::EmailIdentity",  # each run verifies the address itself
        "AWS::SES::ConfigurationSetEventDestination",  # each engine lacks the call the other has, and neither bounces
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::WAFv2::LoggingConfiguration",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""Types that only AWS gets: a laptop needs neither domain, logs, metrics, alarms, firewall, scanner nor policies."""


_NOTHING = object()
"""What a part of the template comes to that is left out."""


@dataclass(frozen=True)
class Cloud:
    """What was created: `environment` for `Config.from_env`, `attributes` by logical id (`Ref`, `Arn`, …)."""

    environment: dict[str, str]
    attributes: dict[str, Attributes]


def create_resources(
    endpoint_url: str | None = None, *, parameters: Mapping[str, str] | None = None, prefix: str = "casilla"
) -> Cloud:
    """Create what is missing and return all of it; with everything there, nothing changes.

    `endpoint_url` is None for moto. `parameters` overrides `PARAMETERS` and the template's defaults.
    """
    return _Builder(endpoint_url, dict(parameters or {}), prefix).build()


@dataclass
class _Builder:
    endpoint_url: str | None
    given: dict[str, str]
    prefix: str
    created: dict[str, Attributes] = field(default_factory=dict)
    clients: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def template(self) -> dict[str, Any]:
        return load_template()

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"], region_name=REGION)

    @cached_property
    def parameters(self) -> dict[str, str]:
        defaults = {name: str(p["Default"]) for name, p in self.template["Parameters"].items() if "Default" in p}
        return {**defaults, **PARAMETERS, **self.given}

    def client(self, service: str) -> Any:
        if service not in self.clients:
            config = ClientConfig(s3={"addressing_style": "path"})
            make: Any = self.session.client
            self.clients[service] = make(service, endpoint_url=self.endpoint_url, config=config)
        return self.clients[service]

    def build(self) -> Cloud:
        for logical_id, resource in self.template["Resources"].items():
            kind = resource.get("Type")
            if kind in _CREATORS:
                self.attributes(logical_id)
            elif kind is not None and kind not in NOT_HERE:
                raise NotImplementedError(f"{logical_id}: {kind} is neither created locally nor left out on purpose")
        self.client("ses").verify_email_identity(EmailAddress=self.parameters["MailFrom"])
        variables = self.resolve(self.template["Globals"]["Function"]["Environment"]["Variables"])
        return Cloud(variables, self.created)

    def attributes(self, logical_id: str) -> Attributes:
        if logical_id not in self.created:
            resource = self.template["Resources"][logical_id]
            name = self.prefix + re.sub("([A-Z])", r"-\1", logical_id).lower()
            self.created[logical_id] = _CREATORS[resource["Type"]](self, name, self.resolve(resource["Properties"]))
        return self.created[logical_id]

    def resolve(self, value: Any) -> Any:
        """Replace Ref, Fn::GetAtt, Fn::Sub and Fn::If; anything else of CloudFormation's is an error."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(function, argument)] = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self.call(function, argument)
        return {key: self.resolve(item) for key, item in value.items()}

    def call(self, function: str, argument: Any) -> Any:
        """Return what one of CloudFormation's functions comes to."""
        if function == "Ref":
            return self.reference(argument)
        if function == "Fn::GetAtt":
            return self.attributes(argument[0])[argument[1]]
        if function == "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda match: self.reference(match[1]), argument)
        if function == "Fn::If":
            return self.resolve(argument[1] if self.holds(self.template["Conditions"][argument[0]]) else argument[2])
        raise NotImplementedError(function)

    def holds(self, condition: dict[str, Any]) -> bool:
        """Tell whether a condition of the template holds: two things are equal, or not."""
        [(function, argument)] = condition.items()
        if function == "Fn::Not":
            return not self.holds(argument[0])
        if function != "Fn::Equals":
            raise NotImplementedError(function)
        left, right = self.resolve(argument)
        return bool(left == right)

    def reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name.startswith("AWS::"):
            pseudo = {"Region": REGION, "AccountId": "000000000000", "Partition": "aws", "StackName": self.prefix}
            return pseudo[name.removeprefix("AWS::")]
        if name in self.parameters:
            return self.parameters[name]
        logical_id, _, attribute = name.partition(".")
        return self.attributes(logical_id)[attribute or "Ref"]


def _create_key(builder: _Builder, name: str, properties: Properties) -> Attributes:
    kms = builder.client("kms")
    try:
        key = kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]
    except ClientError:
        key = kms.create_key(Description=properties["Description"])["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key["KeyId"])
        kms.enable_key_rotation(KeyId=key["KeyId"])
    return {"Ref": key["KeyId"], "Arn": key["Arn"]}


def _create_table(builder: _Builder, name: str, properties: Properties) -> Attributes:
    dynamodb = builder.client("dynamodb")
    later = {"PointInTimeRecoverySpecification", "TimeToLiveSpecification", "DeletionProtectionEnabled"}
    wanted = {key: value for key, value in properties.items() if key not in later}
    if "StreamSpecification" in wanted:
        wanted["StreamSpecification"]["StreamEnabled"] = True
    wanted["SSESpecification"]["Enabled"] = wanted["SSESpecification"].pop("SSEEnabled")
    try:
        table = dynamodb.create_table(TableName=name, **wanted)["TableDescription"]
    except dynamodb.exceptions.ResourceInUseException:
        table = dynamodb.describe_table(TableName=name)["Table"]
    else:
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"]
        )
        if "TimeToLiveSpecification" in properties:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    return {"Ref": name, "Arn": table["TableArn"], "StreamArn": table.get("LatestStreamArn", "")}


def _create_bucket(builder: _Builder, name: str, properties: Properties) -> Attributes:
    s3 = builder.client("s3")
    try:
        s3.head_bucket(Bucket=name)
    except ClientError:
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=properties.get("ObjectLockEnabled", False))
        _furnish_bucket(s3, name, properties)
    return {"Ref": name, "Arn": f"arn:aws:s3:::{name}"}


def _furnish_bucket(s3: Any, name: str, properties: Properties) -> None:
    """Say with S3's own calls what the template says in CloudFormation's words."""
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"])
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=properties["OwnershipControls"])
    rules = [
        {**rule, "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
        for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    for rule in rules:
        del rule["ServerSideEncryptionByDefault"]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={
            "Rules": [_lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
        },
    )
    if "VersioningConfiguration" in properties:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    if "ObjectLockConfiguration" in properties:
        lock = properties["ObjectLockConfiguration"]
        lock["Rule"]["DefaultRetention"]["Days"] = int(lock["Rule"]["DefaultRetention"]["Days"])
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    if "CorsConfiguration" in properties:
        rules = properties["CorsConfiguration"]["CorsRules"]
        said = [{key: value for key, value in rule.items() if key != "MaxAge"} for rule in rules]
        s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": said})
    if "NotificationConfiguration" in properties:
        queues = properties["NotificationConfiguration"]["QueueConfigurations"]
        s3.put_bucket_notification_configuration(
            Bucket=name,
            NotificationConfiguration={
                "QueueConfigurations": [{"QueueArn": q["Queue"], "Events": [q["Event"]]} for q in queues]
            },
        )


def _lifecycle_rule(rule: Properties) -> Properties:
    said: Properties = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": ""}}
    if "ExpirationInDays" in rule:
        said["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "ExpiredObjectDeleteMarker" in rule:
        said["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    for key in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if key in rule:
            said[key] = rule[key]
    return said


def _create_queue(builder: _Builder, name: str, properties: Properties) -> Attributes:
    sqs = builder.client("sqs")
    said = {key: value if isinstance(value, str) else json.dumps(value) for key, value in properties.items()}
    url = sqs.create_queue(QueueName=name, Attributes=said)["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{_account(builder)}:{name}"
    return {"Ref": url, "Arn": arn, "QueueName": name}


def _account(builder: _Builder) -> str:
    """Whose cloud this is: the engines use different account numbers, and the key's ARN tells."""
    return builder.attributes("DataKey")["Arn"].split(":")[4]


def _create_topic(builder: _Builder, name: str, properties: Properties) -> Attributes:
    arn = builder.client("sns").create_topic(Name=name, Attributes=properties)["TopicArn"]
    return {"Ref": arn, "TopicArn": arn, "TopicName": name}


def _create_configuration_set(builder: _Builder, _name: str, properties: Properties) -> Attributes:
    ses = builder.client("sesv2")
    try:
        ses.create_configuration_set(
            ConfigurationSetName=properties["Name"], DeliveryOptions=properties["DeliveryOptions"]
        )
    except ClientError as error:
        if not error.response["Error"]["Code"].endswith("AlreadyExistsException"):  # engines name it differently
            raise
    return {"Ref": properties["Name"]}


def _create_secret(builder: _Builder, name: str, properties: Properties) -> Attributes:
    manager = builder.client("secretsmanager")
    try:
        arn = manager.describe_secret(SecretId=name)["ARN"]
    except manager.exceptions.ResourceNotFoundException:
        said = properties.get("GenerateSecretString")
        secret = manager.get_random_password(**said)["RandomPassword"] if said else PUT_BY_THE_OPERATOR
        arn = manager.create_secret(Name=name, Description=properties["Description"], SecretString=secret)["ARN"]
    return {"Id": arn}


_CREATORS: dict[str, Callable[[_Builder, str, Properties], Attributes]] = {
    "AWS::DynamoDB::Table": _create_table,
    "AWS::KMS::Key": _create_key,
    "AWS::S3::Bucket": _create_bucket,
    "AWS::SES::ConfigurationSet": _create_configuration_set,
    "AWS::SecretsManager::Secret": _create_secret,
    "AWS::SNS::Topic": _create_topic,
    "AWS::SQS::Queue": _create_queue,
}
