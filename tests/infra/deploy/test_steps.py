from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.deploy import commands
from infra.deploy.cloud import Cloud, DeployError
from infra.deploy.guard import policy
from infra.deploy.packages import Package, content_hash, package_id_of
from infra.deploy.stage import read_stage
from infra.deploy.steps import NO_TRIGGERS, Deployer, Wish, way_back
from tests.infra.deploy.packages import CODE, an_archive
from tests.infra.deploy.recorded import Answer, recorded_cloud

WISH = Wish(datetime(2026, 1, 5, 14, 0, tzinfo=UTC), "abc", accepts_unknown=True)
_NUMBERS = itertools.count(1)
ALARMS = ("ApiErrors", "SendAlertsErrors")


def a_package(*indexes: str, key: str = "id", queues: int = 0) -> Package:
    """Return a package with a table, and queues beside it."""
    names = [key, *indexes]
    table: dict[str, Any] = {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if indexes:
        table["GlobalSecondaryIndexes"] = [
            {
                "IndexName": name,
                "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
            for name in indexes
        ]
    resources = {f"Queue{number}": {"Type": "AWS::SQS::Queue", "Properties": {}} for number in range(queues)}
    resources["Table"] = {"Type": "AWS::DynamoDB::Table", "Properties": table}
    template = {"Parameters": {"MailFrom": {"Type": "String"}}, "Resources": resources}
    return Package(package_id_of(CODE, template), template, CODE)


@pytest.fixture
def deployer(ministack: dict[str, str]) -> Iterator[Deployer]:
    """Return one of a stage whose body is as it would be in AWS, and whose bucket is there."""
    del ministack
    number = next(_NUMBERS)
    local = read_stage("local")
    told: list[str] = []
    stage = replace(local, name="other", stack=f"steps-{number}", account=f"{number:012}")
    made = Deployer(stage, Cloud(stage.region), told.append, 0.05)
    made.store.prepare()
    yield made
    made.cloud.client("cloudformation").delete_stack(StackName=stage.stack)


def with_archive(package: Package, folder: Path) -> Package:
    """Return the package whose archive is a file."""
    archive = an_archive(folder / "deployment.zip", app="1")
    code = content_hash(archive)
    return Package(package_id_of(code, package.template), package.template, code, archive)


def done(deployer: Deployer, package: Package) -> None:
    deployer.stack.execute(deployer.plan(package, WISH))


def left(deployer: Deployer) -> list[str]:
    listed = deployer.stack.cfn.list_change_sets(StackName=deployer.stage.stack)["Summaries"]
    return [one["ChangeSetName"] for one in listed if one["ExecutionStatus"] == "AVAILABLE"]


@pytest.mark.ministack
def test_a_plan_knows_the_package_that_is_in_service_as_no_change(deployer: Deployer) -> None:
    done(deployer, a_package())
    assert deployer.stack.outputs["Package"] == a_package().package_id
    assert deployer.plan(a_package(), WISH).is_empty


@pytest.mark.ministack
@pytest.mark.parametrize("planted", [a_package(key="other"), a_package(queues=1)], ids=["replaces", "removes"])
def test_a_plan_that_loses_something_is_refused_and_its_change_set_deleted(
    deployer: Deployer, planted: Package
) -> None:
    done(deployer, a_package(queues=2))
    with pytest.raises(DeployError, match="se pierde: ") as told:
        deployer.plan(planted, WISH)
    assert "se borró" in str(told.value)
    assert left(deployer) == []
    assert set(deployer.stack.resources) == {"Table", "Queue0", "Queue1"}


@pytest.mark.ministack
def test_a_queue_that_is_needed_no_more_goes_by_its_name(deployer: Deployer) -> None:
    done(deployer, a_package(queues=2))
    given_up = replace(WISH, given_up=frozenset({"Queue1"}))
    deployer.stack.execute(deployer.plan(a_package(queues=1), given_up))
    assert set(deployer.stack.resources) == {"Table", "Queue0"}
    assert deployer.plan(a_package(queues=1), given_up).is_empty


@pytest.mark.ministack
def test_two_indexes_at_once_are_refused_before_anything_is_asked_for(deployer: Deployer) -> None:
    done(deployer, a_package())
    with pytest.raises(DeployError, match="en tantos despliegues como índices"):
        deployer.plan(a_package("one", "two"), WISH)
    assert left(deployer) == []
    done(deployer, a_package("one"))
    assert not deployer.plan(a_package("one", "two"), WISH).is_empty


class Died(BaseException):
    """The process went, and nothing of it ran any more."""


@pytest.mark.ministack
@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "CreateBucket"),
        ("s3", "PutBucketVersioning"),
        ("s3", "PutBucketPolicy"),
        ("s3", "PutObject"),
        ("cloudformation", "CreateChangeSet"),
        ("cloudformation", "DescribeChangeSet"),
        ("cloudformation", "ExecuteChangeSet"),
        ("cloudformation", "SetStackPolicy"),
        ("cloudformation", "UpdateTerminationProtection"),
    ],
)
def test_a_run_that_died_anywhere_is_finished_by_the_next(
    deployer: Deployer, tmp_path: Path, service: str, operation: str
) -> None:
    package = with_archive(a_package(), tmp_path)
    stage = replace(deployer.stage, account=f"{deployer.stage.account[:-1]}9")
    dying = replace(deployer, stage=stage, cloud=Cloud(stage.region))

    def die(**_: object) -> None:
        raise Died

    dying.cloud.client(service).meta.events.register(f"after-call.{service}.{operation}", die)
    with pytest.raises(Died):
        dying.bring(package, WISH)
    again = replace(dying, cloud=Cloud(stage.region))
    again.bring(package, WISH)
    assert again.stack.outputs == {"Package": package.package_id}
    assert again.store.get(package.package_id).template == package.template
    assert (again.stack.describe() or {})["EnableTerminationProtection"] is True
    assert json.loads(again.stack.cfn.get_stack_policy(StackName=stage.stack)["StackPolicyBody"]) == policy()
    assert again.bring(package, WISH) is False
    again.cloud.client("cloudformation").update_termination_protection(
        StackName=stage.stack, EnableTerminationProtection=False
    )


@pytest.mark.ministack
@pytest.mark.parametrize(("said", "protected"), [("true", True), ("false", False)])
def test_tables_are_protected_once_their_creation_can_no_more_be_undone(
    deployer: Deployer, tmp_path: Path, said: str, *, protected: bool
) -> None:
    template = json.loads(json.dumps(a_package().template))
    template["Parameters"]["DeletionProtection"] = {"Type": "String"}
    template["Resources"]["Table"]["Properties"]["DeletionProtectionEnabled"] = {"Ref": "DeletionProtection"}
    package = with_archive(replace(a_package(), template=template), tmp_path)
    parameters = {**deployer.stage.parameters, "DeletionProtection": said}
    careful = replace(deployer, stage=replace(deployer.stage, parameters=parameters))
    given: list[object] = []
    cloudformation = careful.cloud.client("cloudformation")
    cloudformation.meta.events.register(
        "provide-client-params.cloudformation.CreateChangeSet", lambda params, **_: given.append(params["Parameters"])
    )

    careful.bring(package, WISH)

    assert [one for each in given for one in each if one["ParameterKey"] == "DeletionProtection"] == [  # type: ignore[attr-defined]
        {"ParameterKey": "DeletionProtection", "ParameterValue": value}
        for value in (["false", "true"] if protected else ["false"])
    ]
    table = careful.cloud.client("dynamodb").describe_table(TableName=careful.stack.resources["Table"])["Table"]
    assert str(table["DeletionProtectionEnabled"]).lower() == said  # the engine says it in words
    assert careful.bring(package, WISH) is False
    cloudformation.update_termination_protection(StackName=careful.stage.stack, EnableTerminationProtection=False)


@pytest.mark.ministack
@pytest.mark.parametrize(("operation", "answers"), [("UpdateTerminationProtection", 4), ("CreateChangeSet", 1)])
def test_what_fails_before_anything_began_changed_nothing_and_after_it_may_have(
    deployer: Deployer, tmp_path: Path, operation: str, answers: int
) -> None:
    package = with_archive(a_package(), tmp_path)
    cloud = Cloud(deployer.stage.region)

    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://cloudformation")

    cloud.client("cloudformation").meta.events.register(f"before-call.cloudformation.{operation}", refuse)
    with pytest.raises((DeployError, EndpointConnectionError)) as told:
        replace(deployer, cloud=cloud).bring(package, WISH)
    assert getattr(told.value, "code", 1) == answers


@pytest.mark.ministack
def test_the_policy_of_an_update_that_fails_is_taken_back(deployer: Deployer) -> None:
    done(deployer, a_package(queues=2))
    cloud = Cloud(deployer.stage.region)

    def refuse(**_: object) -> None:
        raise Died

    cloud.client("cloudformation").meta.events.register("before-call.cloudformation.ExecuteChangeSet", refuse)
    wish = replace(WISH, given_up=frozenset({"Queue1"}))
    with pytest.raises(Died):
        replace(deployer, cloud=cloud).bring(a_package(queues=1), wish)
    held = deployer.stack.cfn.get_stack_policy(StackName=deployer.stage.stack)["StackPolicyBody"]
    assert json.loads(held) == policy()
    deployer.stack.cfn.update_termination_protection(StackName=deployer.stage.stack, EnableTerminationProtection=False)


@pytest.mark.ministack
def test_a_way_back_takes_away_what_the_release_brought_by_its_name_alone(
    deployer: Deployer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = deployer.cloud.client("sts").get_caller_identity()["Account"]
    back = replace(deployer, stage=replace(deployer.stage, account=account))
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api", "DefinitionBody": {"paths": {}}}}
    former, new = (with_api(one, api) for one in (a_package(), a_package(queues=1)))
    former = with_archive(former, tmp_path)
    back.store.prepare()
    back.store.keep(former, now=WISH.now, commit="abc")
    done(back, new)
    back.cloud.client("cloudwatch")
    monkeypatch.delenv("AWS_ENDPOINT_URL")  # every client is made by now

    with pytest.raises(DeployError, match=r"(?s)Queue0 .* se quita: se pierde: .*detrás del paquete"):
        back.roll_back(former.package_id, WISH)

    def refuse(**_: object) -> None:
        raise Died

    back.stack.cfn.meta.events.register("before-call.cloudformation.ExecuteChangeSet", refuse)
    with pytest.raises(Died):
        back.roll_back(former.package_id, replace(WISH, given_up=commands.given_up("Queue0")))
    back.stack.cfn.update_termination_protection(StackName=back.stage.stack, EnableTerminationProtection=False)


def with_api(package: Package, api: Mapping[str, Any]) -> Package:
    template = {**package.template, "Resources": {**package.template["Resources"], "RestAPI": api}}
    return replace(package, template=template, package_id=package_id_of(package.code, template))


def with_alarms(*states: str) -> tuple[Deployer, list[str]]:
    """Return a deployer in whose stack each alarm that rolls back is in such a state, and what it is told."""
    alarms = dict(zip(ALARMS, states, strict=False))
    listed = [
        {"LogicalResourceId": name, "PhysicalResourceId": f"s-{name}", "ResourceStatus": "CREATE_COMPLETE"}
        for name in alarms
    ]

    def found(params: Mapping[str, Any]) -> Mapping[str, Any]:
        del params
        return {
            "MetricAlarms": [
                {"AlarmName": f"s-{name}", "AlarmArn": f"arn:{name}", "StateValue": state}
                for name, state in alarms.items()
            ]
        }

    answers: dict[str, Answer] = {
        "DescribeStacks": {"Stacks": [{"StackName": "s", "StackStatus": "UPDATE_COMPLETE"}]},
        "ListStackResources": {"StackResourceSummaries": listed},
        "DescribeAlarms": found,
    }
    told: list[str] = []
    return Deployer(replace(read_stage("prod"), rollback_alarms=ALARMS), recorded_cloud(answers), told.append), told


def arns(triggers: Mapping[str, Any]) -> list[str]:
    return [one["Arn"] for one in triggers["RollbackTriggers"]]


def test_the_stages_alarms_roll_an_update_back() -> None:
    deployer, _ = with_alarms("OK", "INSUFFICIENT_DATA")
    triggers = deployer.triggers("UPDATE")
    assert arns(triggers) == [f"arn:{name}" for name in ALARMS]
    assert triggers["MonitoringTimeInMinutes"] == deployer.stage.rollback_minutes > 0


def test_an_alarm_that_rings_already_is_left_out_and_told() -> None:
    deployer, told = with_alarms("ALARM", "OK")
    assert arns(deployer.triggers("UPDATE")) == ["arn:SendAlertsErrors"]
    assert [line for line in told if line.startswith("Atención: ya suenan s-ApiErrors")]


@pytest.mark.parametrize("states", [(), ("ALARM", "ALARM")])
def test_without_any_alarm_nobody_waits_for_them(states: tuple[str, ...]) -> None:
    assert with_alarms(*states)[0].triggers("UPDATE") == NO_TRIGGERS


def test_a_stack_that_is_created_has_no_alarms_yet() -> None:
    assert with_alarms("OK", "OK")[0].triggers("CREATE") == NO_TRIGGERS


def test_a_failed_smoke_test_names_the_package_that_was_in_service_before_and_else_the_newest_other() -> None:
    assert 'STACK=casilla CMD="rollback before"' in way_back("casilla", "new", ["before", "new", "old"])
    assert 'CMD="rollback old"' in way_back("casilla", "new", ["new", "new", "old"])
    assert 'CMD="rollback old"' in way_back("casilla", "new", ["", "new", "old"])
    assert "no hay uno" in way_back("casilla", "new", ["", "new"])
