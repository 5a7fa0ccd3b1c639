from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest

from infra.deploy.changes import refusals
from infra.deploy.cloud import DeployError, StackFailed
from infra.deploy.guard import guard, policy
from infra.deploy.stack import ANSWERS, PREFIX, UPDATABLE, ChangeSet, Stack, first_causes
from tests.infra.deploy.recorded import Answer, recorded_cloud

_NUMBERS = itertools.count(1)


@pytest.fixture
def stack(ministack: dict[str, str]) -> Stack:
    """One that is not there yet."""
    del ministack
    make: Any = boto3.client
    return Stack(make("cloudformation"), f"stack-{next(_NUMBERS)}", lambda _: None, 0.05)


def a_template(**properties: Any) -> dict[str, str]:
    """Return what a change set is given: a template with a table and a queue."""
    key = properties.pop("key", "id")
    table = {
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    resources = {
        "Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": table},
        "Alarm": {"Type": "AWS::SQS::Queue", "Properties": properties},
    }
    return {"TemplateBody": json.dumps({"Resources": resources, "Outputs": {"Package": {"Value": "p"}}})}


def done(stack: Stack, **given: str) -> None:
    stack.execute(stack.plan("p", stack.settle(), **(given or a_template())))


def state(stack: Stack) -> str:
    return str((stack.describe() or {"StackStatus": "none"})["StackStatus"])


@pytest.mark.ministack
def test_a_stack_comes_from_nothing_and_the_same_template_changes_nothing(stack: Stack) -> None:
    planned = stack.plan("p", stack.settle(), **a_template())
    assert (planned.kind, planned.is_empty, {change.action for change in planned.changes}) == ("CREATE", False, {"Add"})
    stack.execute(planned)
    assert stack.outputs == {"Package": "p"}
    assert set(stack.resources) == {"Table", "Alarm"}
    again = stack.plan("p", stack.settle(), **a_template())
    assert (again.kind, again.is_empty, again.changes) == ("UPDATE", True, [])
    assert state(stack) == "CREATE_COMPLETE"


@pytest.mark.ministack
def test_a_run_that_died_after_its_change_set_is_gone_on_with(stack: Stack) -> None:
    left = stack.plan("p", stack.settle(), **a_template())
    assert (left.kind, state(stack)) == ("CREATE", "REVIEW_IN_PROGRESS")
    done(stack)
    assert state(stack) == "CREATE_COMPLETE"
    stack.plan("q", stack.settle(), **a_template(VisibilityTimeout=5))
    done(stack, **a_template(VisibilityTimeout=6))
    waiting = [
        one["ChangeSetName"]
        for one in stack.cfn.list_change_sets(StackName=stack.name)["Summaries"]
        if one["ExecutionStatus"] == "AVAILABLE"
    ]
    assert waiting == []
    assert state(stack) == "UPDATE_COMPLETE"


@pytest.mark.ministack
def test_change_sets_of_others_are_left_alone(stack: Stack) -> None:
    done(stack)
    given = a_template(VisibilityTimeout=5)
    stack.cfn.create_change_set(StackName=stack.name, ChangeSetName="by-hand", ChangeSetType="UPDATE", **given)
    planned = stack.plan("p", "UPDATE", **a_template(VisibilityTimeout=6))
    names = {one["ChangeSetName"] for one in stack.cfn.list_change_sets(StackName=stack.name)["Summaries"]}
    assert {"by-hand", planned.name} <= names
    assert planned.name.startswith(PREFIX)


@pytest.mark.ministack
def test_a_table_with_another_key_is_seen_as_replaced_and_one_that_goes_as_removed(stack: Stack) -> None:
    done(stack)
    replaced = stack.plan("p", "UPDATE", **a_template(key="other"))
    assert [line for line in refusals(replaced.changes) if "reemplaza" in line.lower() and line.startswith("Table")]
    only_queue = json.loads(a_template()["TemplateBody"])
    del only_queue["Resources"]["Table"]
    removed = stack.plan("p", "UPDATE", TemplateBody=json.dumps(only_queue))
    assert [line for line in refusals(removed.changes) if line.startswith("Table") and "se quita" in line]
    stack.discard(removed.name)
    assert set(stack.resources) == {"Table", "Alarm"}


@pytest.mark.ministack
def test_a_template_that_cloudformation_does_not_take_is_told(stack: Stack) -> None:
    with pytest.raises(DeployError, match="no acepta los cambios"):
        stack.plan(
            "p", "CREATE", TemplateBody='{"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": {"Ref": "no"'
        )


@pytest.mark.ministack
def test_a_stack_that_could_not_be_created_says_the_first_cause_and_what_to_do(stack: Stack) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    nobody = {"Handle": {"Ref": "A"}, "Timeout": "1", "Count": 1}
    body = {"Resources": {"A": handle, "B": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": nobody}}}
    with pytest.raises(StackFailed) as told:
        done(stack, TemplateBody=json.dumps(body))
    assert "- B CREATE_FAILED: " in str(told.value)
    assert "delete-stack" in str(told.value)
    assert state(stack) == "ROLLBACK_COMPLETE"
    with pytest.raises(DeployError, match="ROLLBACK_COMPLETE: La primera creación"):
        stack.settle()


@pytest.mark.ministack
def test_policy_and_protection_are_set_and_set_again(stack: Stack) -> None:
    done(stack)
    for _ in range(2):
        guard(stack.cfn, stack.name)
    held = stack.cfn.get_stack_policy(StackName=stack.name)["StackPolicyBody"]
    assert json.loads(held) == policy()
    assert (stack.describe() or {})["EnableTerminationProtection"] is True


def in_state(*states: str, told: Callable[[str], None] = lambda _: None) -> Stack:
    """Return a stack that is in these states, one after the other."""
    left = list(states)

    def answer(_: object) -> dict[str, Any]:
        return {"Stacks": [{"StackName": "s", "StackStatus": left.pop(0) if len(left) > 1 else left[0]}]}

    cloud = recorded_cloud({"DescribeStacks": answer})
    return Stack(cloud.client("cloudformation"), "s", told, 0.0)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_a_stack_that_cannot_be_updated_has_an_answer_of_its_own(name: str) -> None:
    with pytest.raises(DeployError) as told:
        in_state(name).settle()
    assert str(told.value) == f"{name}: {ANSWERS[name].format(name='s')}"


@pytest.mark.parametrize("name", sorted(UPDATABLE))
def test_a_stack_at_rest_is_updated(name: str) -> None:
    assert in_state(name).settle() == "UPDATE"


@pytest.mark.parametrize("name", ["REVIEW_IN_PROGRESS", "DELETE_COMPLETE"])
def test_a_stack_that_holds_nothing_is_created(name: str) -> None:
    assert in_state(name).settle() == "CREATE"


def test_what_somebody_else_began_is_waited_for_and_told_once() -> None:
    told: list[str] = []
    busy = in_state(
        "UPDATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
        told=told.append,
    )
    assert busy.settle() == "UPDATE"
    assert len(told) == 1
    assert "UPDATE_IN_PROGRESS" in told[0]


def test_what_is_gone_is_none_of_the_stacks_things() -> None:
    states = {"There": "UPDATE_COMPLETE", "Gone": "DELETE_COMPLETE", "Kept": "DELETE_SKIPPED"}
    listed = [
        {"LogicalResourceId": name, "PhysicalResourceId": name, "ResourceStatus": status}
        for name, status in states.items()
    ]
    answers: dict[str, Answer] = {
        "DescribeStacks": {"Stacks": [{"StackName": "s", "StackStatus": "ROLLBACK_COMPLETE"}]},
        "ListStackResources": {"StackResourceSummaries": listed},
    }
    client = recorded_cloud(answers).client("cloudformation")
    assert Stack(client, "s", lambda _: None).resources == {"There": "There"}


def test_a_state_that_nobody_knows_is_no_reason_to_go_on() -> None:
    with pytest.raises(DeployError, match="no conoce"):
        in_state("MELTED").settle()


def test_a_permission_that_lacks_is_no_stack_that_lacks() -> None:
    client = recorded_cloud({}).client("cloudformation")
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        Stack(client, "s", lambda _: None).settle()


def an_event(name: str, status: str, reason: str = "", kind: str = "AWS::SQS::Queue") -> dict[str, Any]:
    return {"LogicalResourceId": name, "ResourceStatus": status, "ResourceStatusReason": reason, "ResourceType": kind}


def test_the_first_causes_are_told_and_not_what_was_cancelled_because_of_them() -> None:
    events = [
        an_event("A", "CREATE_COMPLETE"),
        an_event("B", "CREATE_FAILED", "no such key"),
        an_event("C", "CREATE_FAILED", "Resource creation cancelled"),
        an_event("s", "ROLLBACK_IN_PROGRESS", "B failed", "AWS::CloudFormation::Stack"),
        an_event("A", "DELETE_FAILED", "not empty"),
    ]
    assert first_causes(events) == ["B CREATE_FAILED: no such key", "A DELETE_FAILED: not empty"]


def test_where_no_resource_failed_the_stack_says_why_it_went_back() -> None:
    kind = "AWS::CloudFormation::Stack"
    rang = an_event("s", "UPDATE_ROLLBACK_IN_PROGRESS", "Rollback trigger ApiErrors went to ALARM", kind)
    assert first_causes([an_event("s", "UPDATE_IN_PROGRESS", kind=kind), rang]) == [
        "s UPDATE_ROLLBACK_IN_PROGRESS: Rollback trigger ApiErrors went to ALARM"
    ]


_STACK_ID = "arn:aws:cloudformation:us-east-1:000000000000:stack/s/1"


def an_own_event(number: int, status: str) -> dict[str, Any]:
    made = an_event("s", status, kind="AWS::CloudFormation::Stack")
    return {**made, "EventId": str(number), "StackId": _STACK_ID, "PhysicalResourceId": _STACK_ID}


def executing(states: list[str], **more: Answer) -> Stack:
    """Return a stack that goes through these states, each told by an event of its own but the stale first ones."""
    shown = iter([*states, states[-1], states[-1], states[-1]])
    at = {"state": "UPDATE_COMPLETE"}
    events = [an_own_event(0, "UPDATE_COMPLETE")]
    begun: list[bool] = []

    def execute(_: object) -> dict[str, Any]:
        begun.append(True)
        return {}

    def describe_change_set(_: object) -> Mapping[str, Any] | str:
        at["state"] = next(shown)
        if at["state"] != "UPDATE_COMPLETE" or len(events) > 1:
            events.insert(0, an_own_event(len(events), at["state"]))
        return "ChangeSetNotFound"

    answers: dict[str, Answer] = {
        "DescribeStacks": lambda _: {"Stacks": [{"StackName": "s", "StackStatus": at["state"]}]},
        "DescribeStackEvents": lambda _: {"StackEvents": list(events)},
        "ExecuteChangeSet": execute,
        "DescribeChangeSet": describe_change_set,
    }
    return Stack(recorded_cloud({**answers, **more}).client("cloudformation"), "s", lambda _: None, 0.0)


UPDATE = ChangeSet("casilla-1", "UPDATE", [], is_empty=False)


def test_the_state_of_before_is_no_end() -> None:
    with pytest.raises(StackFailed, match="UPDATE_ROLLBACK_COMPLETE"):
        executing(["UPDATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]).execute(
            UPDATE
        )
    executing(["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]).execute(UPDATE)


def test_a_change_set_that_could_not_begin_ends_the_waiting() -> None:
    executing(["UPDATE_COMPLETE"], DescribeChangeSet={"ExecutionStatus": "EXECUTE_COMPLETE"}).execute(UPDATE)


@pytest.mark.parametrize("operation", ["ExecuteChangeSet", "DescribeChangeSet"])
def test_what_fails_once_it_began_may_be_under_way(operation: str) -> None:
    failing: dict[str, Answer] = {operation: "InternalFailure"}
    with pytest.raises(StackFailed, match="puede seguir en marcha") as told:
        executing(["UPDATE_IN_PROGRESS"], **failing).execute(UPDATE)
    assert told.value.code == 4


def test_whoever_stops_waiting_is_told_that_it_goes_on() -> None:
    def stopped(_: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(StackFailed, match=r"interrumpido\n.*puede seguir en marcha"):
        executing(["UPDATE_IN_PROGRESS"], DescribeChangeSet=stopped).execute(UPDATE)


def test_a_permission_to_begin_that_lacks_changed_nothing() -> None:
    stack = executing(["UPDATE_COMPLETE"], ExecuteChangeSet="AccessDenied")
    with pytest.raises(stack.cfn.exceptions.ClientError, match="AccessDenied"):
        stack.execute(UPDATE)
