"""A deployed stack is pointed to restored tables, and back, by parameters alone; none of its own tables is touched."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra import package
from infra.e2e.deployment import SETTINGS, STACK, Deployment, deployed
from infra.restore.places import Places, places_of, under_new_names
from infra.restore.restored_tables import restore_tables

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Yield the stack without its dependencies: no function is called."""
    place = tmp_path_factory.mktemp("restored")
    package.copy_sources(place / "sources", "arm64")
    (place / "sources" / "requirements.txt").write_text("")
    package.run_chalice(Path(sys.executable).with_name("chalice"), place / "sources", "prod", place / "out")
    template = json.loads((place / "out" / "sam.json").read_text(encoding="utf-8"))
    with deployed(place / "out", template) as made:
        yield made


def changed(deployment: Deployment, name: str, **parameters: str) -> list[dict[str, Any]]:
    """Change parameters of the stack alone; return what the change set says of each resource."""
    cloudformation = deployment.client("cloudformation")
    values = {**SETTINGS, **parameters}
    cloudformation.create_change_set(
        StackName=STACK,
        ChangeSetName=name,
        ChangeSetType="UPDATE",
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
    )
    told = cloudformation.describe_change_set(StackName=STACK, ChangeSetName=name)["Changes"]
    cloudformation.execute_change_set(StackName=STACK, ChangeSetName=name)
    deadline = time.monotonic() + 60
    while (status := cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]) != "UPDATE_COMPLETE":
        assert "ROLLBACK" not in status
        assert time.monotonic() < deadline, status
        time.sleep(0.2)
    return [change["ResourceChange"] for change in told]


def read_by(deployment: Deployment) -> Places:
    function = deployment.client("lambda").get_function_configuration(FunctionName=f"{STACK}-operator")
    return places_of(function["Environment"]["Variables"])


def streams(deployment: Deployment) -> set[str]:
    listed = deployment.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return {one["EventSourceArn"] for one in listed if ":dynamodb:" in one["EventSourceArn"]}


def test_parameters_point_it_there_and_back(deployment: Deployment) -> None:
    own, dynamodb = read_by(deployment), deployment.client("dynamodb")
    own_streams, now = streams(deployment), datetime(2026, 3, 9, tzinfo=UTC)
    there = under_new_names(own, "casilla-r1")
    told = restore_tables(own, there, to=now, dynamodb=dynamodb, now=now, pause=time.sleep, say=lambda _: None)

    changes = changed(deployment, "there", **told)

    assert changes
    assert not [
        one for one in changes if one["ResourceType"] in {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}
    ]
    assert read_by(deployment) == there
    assert streams(deployment) == {told["RestoredEventsStream"]}
    iam, role = deployment.client("iam"), deployment.resources["SweepOrphansRole"]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    allowed = json.dumps(iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"])
    assert ":table/casilla-r1-NoticesTable" in allowed
    assert own.table("NOTICES_TABLE") not in allowed

    changed(deployment, "back", RestoredTables="", RestoredEventsStream="")

    assert read_by(deployment) == own
    assert streams(deployment) == own_streams
    assert {*own.tables.values(), *there.tables.values()} <= set(dynamodb.list_tables()["TableNames"])
