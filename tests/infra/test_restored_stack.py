"""A deployed stack is pointed to restored tables, and back, by parameters alone; none of its own tables is touched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra import package
from infra.deploy.changes import IRREPLACEABLE, Change
from infra.deploy.cloud import Cloud
from infra.deploy.packages import Package, content_hash, package_id_of
from infra.deploy.stage import read_stage
from infra.deploy.steps import Deployer, Wish
from infra.deploy.use.deployment import Deployment, look_at
from infra.local import ministack
from infra.restore.places import Places, places_of, under_new_names
from infra.restore.restore_tables import restore_tables

pytestmark = pytest.mark.deep

NOW = datetime(2026, 3, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack, and by what it is changed."""

    deployer: Deployer
    package: Package
    stack: Deployment

    def client(self, service: str) -> Any:
        return self.stack.client(service)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Yield the stack without its dependencies: no function is called."""
    merged = package.merge_alone(tmp_path_factory.mktemp("restored"))
    template = json.loads(merged.read_text(encoding="utf-8"))
    archive = merged.with_name("deployment.zip")
    code = content_hash(archive)
    made, stage = Package(package_id_of(code, template), template, code, archive), read_stage("local")
    with ministack.running(enforce=True) as engine, pytest.MonkeyPatch.context() as environment:
        for name, value in engine.environment.items():
            environment.setenv(name, value)
        deployer = Deployer(stage, Cloud(stage.region), lambda _: None, 0.2)
        deployer.bring(made, Wish(NOW))
        yield Deployed(deployer, made, look_at(engine, deployer.cloud, deployer.stack))


def changed(deployment: Deployed, **parameters: str) -> list[Change]:
    """Change parameters of the stack alone; return what the change set says of each resource."""
    former = deployment.deployer
    deployer = replace(former, stage=replace(former.stage, parameters={**former.stage.parameters, **parameters}))
    told = deployer.plan(deployment.package, Wish(NOW)).changes
    assert deployer.bring(deployment.package, Wish(NOW))
    return list(told)


def read_by(deployment: Deployed) -> Places:
    name = f"{deployment.deployer.stage.stack}-operator"
    function = deployment.client("lambda").get_function_configuration(FunctionName=name)
    return places_of(function["Environment"]["Variables"])


def streams(deployment: Deployed) -> set[str]:
    listed = deployment.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return {one["EventSourceArn"] for one in listed if ":dynamodb:" in one["EventSourceArn"]}


def test_parameters_point_it_there_and_back(deployment: Deployed) -> None:
    own, dynamodb = read_by(deployment), deployment.client("dynamodb")
    own_streams, now = streams(deployment), NOW
    there = under_new_names(own, "casilla-r1")
    told = restore_tables(own, there, to=now, dynamodb=dynamodb, now=now, pause=time.sleep, say=lambda _: None)

    changes = changed(deployment, **told)

    assert changes
    assert not [one for one in changes if one.kind in IRREPLACEABLE]
    assert read_by(deployment) == there
    assert streams(deployment) == {told["RestoredEventsStream"]}
    iam, role = deployment.client("iam"), deployment.stack.resources["SweepOrphansRole"]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    allowed = json.dumps(iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"])
    assert ":table/casilla-r1-NoticesTable" in allowed
    assert own.table("NOTICES_TABLE") not in allowed

    changed(deployment, RestoredTables="", RestoredEventsStream="")

    assert read_by(deployment) == own
    assert streams(deployment) == own_streams
    assert {*own.tables.values(), *there.tables.values()} <= set(dynamodb.list_tables()["TableNames"])
