"""A shell that types the runbook, and what stands for AWS behind it.

What the shell gives to `aws` is read by the services' models, and then done by the engine. What no engine does is
answered by a record (`RECORDED`), which has the shape of AWS's answer and is no proof of more. `operator` runs the very
function, and `run` the very job.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from infra.restore.__main__ import _parser as restore_parser
from infra.template import load_template
from tests.aws_cli import NotACommand, Typed, shown, understood, validated_answer
from tests.deposit_world import World
from tests.runbook import BLOCKS

RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
STACK, REGION, RESTORED = "casilla", "us-west-2", "casilla-r20261128-NoticesTable"
"""A region of its own, where no other test has anything."""
RECORDED: dict[tuple[str, str], dict[str, Any]] = {
    ("sqs", "StartMessageMoveTask"): {"TaskHandle": "recorded"},
    ("cloudtrail", "PutEventSelectors"): {"TrailARN": "recorded"},
    ("cloudtrail", "LookupEvents"): {"Events": [{"EventTime": "recorded", "EventSource": "s", "EventName": "n"}]},
    ("backup", "ListBackupJobs"): {"BackupJobs": []},
    ("backup", "ListCopyJobs"): {"CopyJobs": []},
    ("backup", "UpdateGlobalSettings"): {},
    ("backup", "UpdateRegionSettings"): {},
    ("cloudformation", "DetectStackDrift"): {"StackDriftDetectionId": "recorded"},
    ("deploy", "ListDeployments"): {"deployments": ["recorded"]},
    ("iam", "ListAccessKeys"): {
        "AccessKeyMetadata": [{"AccessKeyId": "recorded", "Status": "Active", "CreateDate": "recorded"}]
    },
    ("iam", "UpdateAccessKey"): {},
    ("iam", "PutRolePolicy"): {},
    ("kms", "DescribeKey"): {"KeyMetadata": {"KeyState": "PendingDeletion", "DeletionDate": "recorded"}},
    ("kms", "CancelKeyDeletion"): {"KeyId": "recorded"},
    ("kms", "EnableKey"): {},
    ("s3api", "CopyObject"): {"CopySourceVersionId": "recorded"},
    ("sesv2", "GetAccount"): {
        "SendQuota": {"Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 0.0},
        "EnforcementStatus": "HEALTHY",
        "SendingEnabled": True,
        "ProductionAccessEnabled": True,
    },
}
"""Answers that no engine here gives, as AWS's API reference tells them (2026-11-28): the shape, and nothing more."""
ENGINE = {"sqs", "cloudwatch", "logs", "secretsmanager", "sns", "dynamodb"}
"""Services whose engine does what is asked."""
FUNCTION_NAMES = {
    properties["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
    for resource in RESOURCES.values()
    if "FunctionName" in (properties := resource.get("Properties", {}))
}
BASH = shutil.which("bash") or ""
LOG_GROUPS = (*(f"/aws/lambda/{STACK}-{name}" for name in FUNCTION_NAMES), f"/aws/apigateway/{STACK}-access")
_MAKEFILE = Path(__file__).parents[1] / "Makefile"
MAKES = frozenset(re.findall(r"^([\w./-]+):", _MAKEFILE.read_text("utf-8"), re.MULTILINE))
"""What make is told of: nothing of it is made here."""
_REPLACED = re.compile(r"^(?:operator|restore)\(\) \{.*\}$", re.MULTILINE)
"""What would lead out of the shell."""
_STUBS = r"""
ask() {
  local told
  printf '%s\0' "$@" > "$ASKED"
  told="$(cat "$TOLD"; printf x)"; told="${told%x}"
  printf '%s' "${told#*:}"; return "${told%%:*}"
}
aws() { ask aws "$@"; }
WHO=rquispe; KEY=AKIAEXAMPLEEXAMPLE; ROLE=operadores
make() { ask make "$@"; }
sleep() { :; }
"""


@dataclass
class Account:
    """What stands for AWS behind the shell; `refused` are commands that AWS would not take."""

    world: World
    folder: Path
    """Where the shell is."""
    exits: dict[str, int] = field(default_factory=dict)
    """Of the operator's commands."""
    outputs: dict[str, str] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Stand what the engine has of a stack: its queues, alarms, logs and the secret of peppers."""
        make: Any = boto3.client
        self.clients = {name: make(name, region_name=REGION) for name in ENGINE}
        self.ids: dict[str, str] = {}
        for name, resource in RESOURCES.items():
            match resource.get("Type"):
                case "AWS::SQS::Queue":
                    self.ids[name] = self.clients["sqs"].create_queue(QueueName=f"{STACK}-{name}")["QueueUrl"]
                case "AWS::CloudWatch::Alarm":
                    self._stand_alarm(name)
                    self.ids[name] = f"{STACK}-{name}"
                case "AWS::SecretsManager::Secret":
                    made = self.clients["secretsmanager"].create_secret(Name=f"{STACK}-{name}", SecretString="p" * 64)
                    self.ids[name] = made["ARN"]
                case "AWS::DynamoDB::Table":
                    self._stand_table(f"{STACK}-{name}", resource["Properties"])
                    self.ids[name] = f"{STACK}-{name}"
                case _:
                    self.ids[name] = f"{STACK}-{name}"
        self._stand_table(RESTORED, RESOURCES["NoticesTable"]["Properties"])
        self.clients["dynamodb"].put_item(TableName=RESTORED, Item={"notice_id": {"S": "AS3B3MEJC22A"}})
        for group in LOG_GROUPS:
            self.clients["logs"].create_log_group(logGroupName=group)

    def close(self) -> None:
        """Take all of it away."""
        for group in LOG_GROUPS:
            self.clients["logs"].delete_log_group(logGroupName=group)
        for name, resource in RESOURCES.items():
            if resource.get("Type") == "AWS::SecretsManager::Secret":
                self.clients["secretsmanager"].delete_secret(SecretId=self.ids[name], ForceDeleteWithoutRecovery=True)
            if resource.get("Type") == "AWS::DynamoDB::Table":
                self.clients["dynamodb"].delete_table(TableName=self.ids[name])
        self.clients["dynamodb"].delete_table(TableName=RESTORED)

    def answer(self, words: list[str]) -> tuple[int, str]:
        """Return exit code and output of what a shell ran."""
        program, *rest = words
        if program == "make":
            targets = {word for word in rest if not word.startswith("-") and "=" not in word}
            return (0, "") if targets <= MAKES else (2, "")
        if program == "restore":
            return self._restored(rest)
        if program == "operator":
            told = self.world.client.lambda_.invoke("operator", {"command": rest[0]}).payload
            self.exits[rest[0]], self.outputs[rest[0]] = told["exit"], told["output"]
            return int(told["exit"]), str(told["output"])
        try:
            typed = understood(rest, self.folder)
            self.asked.add((typed.service, typed.operation))
            return 0, self._done(typed)
        except Exception as error:  # noqa: BLE001 - whatever it is, the command is told with it
            self.refused.append(f"aws {' '.join(rest)}: {type(error).__name__} {error}")
            return 254, ""

    def _done(self, typed: Typed) -> str:
        key = (typed.service, typed.operation)
        if key == ("cloudformation", "DescribeStackResource"):
            name = typed.parameters["LogicalResourceId"]
            detail = {"LogicalResourceId": name, "PhysicalResourceId": self.ids[name]}
            return shown(typed, validated_answer(*key, {"StackResourceDetail": detail}))
        if key == ("lambda", "Invoke"):
            function = self._function(typed.parameters["FunctionName"])
            return json.dumps(
                self.world.client.lambda_.invoke(function, json.loads(typed.parameters["Payload"])).payload
            )
        if "FunctionName" in typed.parameters:
            self._function(typed.parameters["FunctionName"])
        if key == ("logs", "tail"):
            self._function(typed.alone[0].removeprefix("/aws/lambda/"))
            return ""
        if key in RECORDED:
            return shown(typed, validated_answer(*key, RECORDED[key]))
        if typed.service not in self.clients:
            raise NotACommand(f"neither an engine nor a record answers {key}")
        client = self.clients[typed.service]
        answer = getattr(client, _method(client, typed.operation))(**typed.parameters)
        answer.pop("ResponseMetadata", None)
        return shown(typed, answer)

    def _function(self, name: str) -> str:
        stack, _, function = name.partition("-")
        if stack != STACK or function not in FUNCTION_NAMES:
            raise NotACommand(f"no function {name}")
        return function

    @staticmethod
    def _restored(words: list[str]) -> tuple[int, str]:
        """Have the program read its words; what it does is held by the drill's own tests."""
        try:
            restore_parser().parse_args(words)
        except SystemExit as ended:
            return int(ended.code or 0), ""
        return 0, ""

    def _stand_table(self, name: str, properties: dict[str, Any]) -> None:
        keys = {
            key: properties[key]
            for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
            if key in properties
        }
        self.clients["dynamodb"].create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **keys)

    def _stand_alarm(self, name: str) -> None:
        self.clients["cloudwatch"].put_metric_alarm(
            AlarmName=f"{STACK}-{name}",
            Namespace="N",
            MetricName="M",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )


def _method(client: Any, operation: str) -> str:
    known: dict[str, str] = client.meta.method_to_api_mapping
    return next(method for method, name in known.items() if name == operation)


class Shell:
    """Types scripts into one shell after another, and answers what they run."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account, self.folder = account, folder
        self._asked, self._told = folder / "asked", folder / "told"
        os.mkfifo(self._asked)
        os.mkfifo(self._told)
        self._worker = threading.Thread(target=self._serve, daemon=True)
        self._worker.start()

    def type_in(self, scripts: dict[str, str]) -> dict[str, int]:
        """Run each script by itself, all in one shell, and return their exit codes."""
        text = [*self._beginning()]
        for number, whole in enumerate(scripts.values()):
            script = _REPLACED.sub("", whole)
            text.append(f'( set -e -u -o pipefail\n{script}\n) > out 2> err; echo "@@ {number} $?"; cat err >&2')
        typed = "\n".join(text)
        done = subprocess.run([BASH, "-c", typed], cwd=self.folder, capture_output=True, check=False, text=True)  # noqa: S603 - the runbook's own
        codes = dict(re.findall(r"^@@ (\d+) (\d+)$", done.stdout, re.MULTILINE))
        assert len(codes) == len(scripts), done.stderr[-2000:]
        self.errors = done.stderr
        return {name: int(codes[str(number)]) for number, name in enumerate(scripts)}

    def close(self) -> None:
        self._asked.write_bytes(b"end\0")
        self._worker.join(10)

    def _beginning(self) -> Iterator[str]:
        """Yield the stubs, what the runbook defines, and what stands for the operator's way into AWS."""
        yield f"ASKED={self._asked}; TOLD={self._told}"
        yield _STUBS
        for block in BLOCKS:
            yield "\n".join(
                re.findall(r"^(?:STACK=.*|\w+\(\) \{.*\}$|\w+\(\) \{$.*?^\}$)", block, re.MULTILINE | re.DOTALL)
            )
        yield 'operator() { ask operator "$1"; }\nrestore() { ask restore "$@"; }\n'
        yield "old=antigua; new=nueva\n"

    def _serve(self) -> None:
        while True:
            words = self._asked.read_text("utf-8").split("\0")[:-1]
            if words == ["end"]:
                return
            exit_code, output = self.account.answer(words)
            self._told.write_text(f"{exit_code}:{output}", "utf-8")
