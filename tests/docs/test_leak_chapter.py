"""Who works through «When something leaks or stops» types commands that exist, and that tell what it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore import xform_name
from botocore.session import Session

from chalicelib.domain.event import Event, EventType
from chalicelib.store.event_store import EventStore
from tests.cloud import bound
from tests.deposit_world import NOW

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text("utf-8")
[CHAPTER] = re.findall(r"^## When something leaks or stops\n(.+?)^## ", RUNBOOK, re.MULTILINE | re.DOTALL)
[ROTATION] = re.findall(r"^## Changing the pepper\n(.+?)^## ", RUNBOOK, re.MULTILINE | re.DOTALL)
BLOCKS = re.findall(r"^```sh\n(.+?)^```", ROTATION + CHAPTER, re.MULTILINE | re.DOTALL)
FUNCTIONS = "\n".join(line for block in BLOCKS for line in block.splitlines() if "() {" in line)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("aws ")]
INLINE = re.findall(r"`((?:aws|put_secret|looked_at_by|happened_to) [^`]+)`", CHAPTER)
MODELS = Session()
RARE = {"cloudtrail": "LookupEvents", "sesv2": "GetAccount", "cloudformation": "DetectStackDrift"}
"""What no engine here does: only that the command line takes it is shown."""
SPAN = "2026-03-01 2026-03-10"
Typed = Callable[[str], list[list[str]]]


@pytest.fixture
def typed() -> Typed:
    """Type a line into a shell that knows the chapter's functions; return what would be given to `aws`."""
    bash = shutil.which("bash")
    assert bash

    def type_in(line: str) -> list[list[str]]:
        stubs = "aws() { printf '%s\\0' \"$@\"; printf '\\n\\0'; }\nqueue() { printf 'ref:%s' \"$1\"; }\n"
        known = "STACK=casilla WHO=rquispe KEY=AKIA0000000000000000 ROLE=operators\n"
        script = f"set -e -u -o pipefail\n{stubs}{known}{FUNCTIONS}\n{line}"
        done = subprocess.run([bash, "-c", script], capture_output=True, check=True, text=True)  # noqa: S603 - our own
        calls = [call.split("\0")[:-1] for call in done.stdout.split("\n\0")[:-1]]
        assert calls, line
        return calls

    return type_in


def asked(words: list[str]) -> tuple[str, str, dict[str, Any]]:
    """Read a command as the command line does, by the service's own model; return service, operation and input."""
    service, command, *rest = words
    model = MODELS.get_service_model(service)
    [operation] = [name for name in model.operation_names if xform_name(name, "-") == command]
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    members = {f"--{xform_name(name, '-')}": name for name in shape.members}
    given: dict[str, Any] = {}
    while rest:
        option, value, *rest = rest
        if option in {"--query", "--output"}:
            continue
        name = members[option]
        kind = shape.members[name].type_name
        if kind in {"map", "structure", "list"} and value[:1] in "[{":
            value = json.loads(value)
        elif kind == "map":
            value = dict([value.split("=", 1)])  # type: ignore[assignment]
        elif kind == "list":
            pairs = dict(pair.split("=", 1) for pair in value.split(",") if "=" in pair)
            value = [pairs] if pairs else [value]  # type: ignore[assignment]
        given[name] = value
    assert set(shape.required_members) <= given.keys()
    return service, operation, given


@pytest.mark.parametrize("line", [*COMMANDS, *INLINE])
def test_the_command_line_takes_what_is_typed(typed: Typed, line: str) -> None:
    for call in typed(line):
        asked(call)


def done(calls: list[list[str]], refs: dict[str, str]) -> list[Any]:
    """Do in the engine what would be given to `aws`; what nobody does here is left out."""
    answers, make = [], cast("Any", boto3.client)
    for call in calls:
        service, operation, given = asked(call)
        if RARE.get(service) != operation:
            known = {name: refs.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
            client: Any = make(service)
            answers.append(getattr(client, xform_name(operation))(**known))
    return answers


@pytest.mark.usefixtures("aws")
def test_a_value_is_put_from_a_file(typed: Typed) -> None:
    [[*call]] = typed("put_secret RegistrySecret clave.txt")
    assert call[call.index("--secret-string") + 1] == "file://clave.txt"
    call[call.index("--secret-string") + 1] = "clave-nueva"
    manager = boto3.client("secretsmanager")
    arn = manager.create_secret(Name="put-from-a-file")["ARN"]

    done([call], {"ref:RegistrySecret": arn})

    assert manager.get_secret_value(SecretId=arn)["SecretString"] == "clave-nueva"


def test_looks_of_somebody_and_what_happened_to_something_are_listed(typed: Typed, aws: dict[str, str]) -> None:
    bound(aws)
    events = EventStore()
    refs = {"ref:EventsTable": aws["EVENTS_TABLE"]}
    for number in range(20):
        mailbox = f"mailbox#1-400000{number:02}"
        events.add(Event(mailbox, EventType.MAILBOX_SHOWN, NOW, f"e{number:02}", "operator:rquispe", data={}))
        events.add(Event(mailbox, EventType.LOGGED_IN, NOW, f"f{number:02}", "user:1-40000002", "192.0.2.1", data={}))

    looks = done(typed(f"looked_at_by operator:rquispe {SPAN}"), refs)
    happened = done(typed(f'happened_to "mailbox#1-40000002" {SPAN}'), refs)
    nothing = done(typed(f"looked_at_by operator:other {SPAN}"), refs)

    assert len(looks) == 8
    assert {item["subject"]["S"] for answer in looks for item in answer["Items"]} == {
        f"mailbox#1-400000{number:02}" for number in range(20)
    }
    assert [item["type"]["S"] for answer in happened for item in answer["Items"]] == [
        "mailbox.shown",
        "access.logged_in",
    ]
    assert not [item for answer in nothing for item in answer["Items"]]


@pytest.mark.usefixtures("aws")
def test_a_key_that_was_to_be_deleted_is_there_again_and_whoever_got_in_is_out(typed: Typed) -> None:
    kms, iam = boto3.client("kms"), boto3.client("iam")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    iam.create_user(UserName="rquispe")
    access = iam.create_access_key(UserName="rquispe")["AccessKey"]["AccessKeyId"]
    iam.create_role(RoleName="operators", AssumeRolePolicyDocument="{}")

    refs = {"ref:DataKey": key, "AKIA0000000000000000": access}
    done([call for line in COMMANDS if "cloudtrail" not in line for call in typed(line)], refs)

    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    [left] = iam.list_access_keys(UserName="rquispe")["AccessKeyMetadata"]
    denied = iam.get_role_policy(RoleName="operators", PolicyName="RevokeOlderSessions")["PolicyDocument"]
    assert left["Status"] == "Inactive"
    assert denied["Statement"][0]["Condition"]["DateLessThan"]["aws:TokenIssueTime"].endswith("Z")


@pytest.mark.parametrize("secret", ["TokenSecret", "RegistrySecret", "IdentitySecret"])
def test_every_secret_of_the_template_has_its_line(secret: str) -> None:
    assert re.search(rf"^\| [^|]+ \| `{secret}` \|", CHAPTER, re.MULTILINE)


def test_nobody_is_named_and_no_term_is_told_as_certain() -> None:
    assert not re.search(r"[\w.]+@(?!ejemplo|casilla\.example)[\w.]+\.\w+", CHAPTER)
    assert "counsel confirms terms, contents and way of sending" in CHAPTER
    for title in ("A leaked institution key", "SES is paused", "A breach of personal data", "Who calls whom"):
        assert f"### {title}\n" in CHAPTER
