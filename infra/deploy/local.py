"""`make deploy STAGE=local`: a fresh engine that enforces policies, the very program of AWS, and use of what it made.

The engine runs functions under its own interpreter, so the package is built for that one and for this machine, by the
same code that builds the package for AWS; the template and the policies are the same to the letter.
"""

from __future__ import annotations

import copy
import json
import os
import platform
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from infra import operate
from infra.deploy.cloud import Cloud, DeployError
from infra.deploy.packages import Package, built, commit_of, package_id_of, today
from infra.deploy.stage import Stage
from infra.deploy.steps import Deployer, Wish
from infra.deploy.use import flow, rights
from infra.deploy.use.deployment import look_at
from infra.local import ministack
from infra.package import BUILD, build

PACKAGE = BUILD / "engine"
_POLL_S = 0.2
_UPGRADED_ALARM, _THRESHOLD = "ApiErrors", 7
_PLANTED_TABLE, _PLANTED_BUCKET = "NoticesTable", "ExportsBucket"


def built_for_engine(tell: Callable[[str], None]) -> Package:
    """Return the package for the interpreter of the engine on this machine."""
    architecture = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return built(lambda: build(ministack.install(), architecture, out=PACKAGE), PACKAGE, tell)


def without(action: str, package: Package) -> Package:
    """Return the package with one action taken out of every function's policy.

    Raises:
        DeployError: no policy has it.

    """
    poorer: dict[str, Any] = json.loads(json.dumps(package.template))
    of_roles = [r["Properties"] for r in poorer["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    attached = [r["Properties"] for r in poorer["Resources"].values() if r["Type"] == "AWS::IAM::ManagedPolicy"]
    policies = [*(policy for role in of_roles for policy in role.get("Policies", ())), *attached]
    statements = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    having = [statement for statement in statements if action in statement["Action"]]
    if not having:
        raise DeployError(f"ninguna política permite {action}")
    for statement in having:
        statement["Action"] = [a for a in statement["Action"] if a != action] or ["sts:GetCallerIdentity"]
    return _with_template(package, poorer)


def deploy_here(
    stage: Stage, package: Package, tell: Callable[[str], None], *, uses: bool = True, records: bool = False
) -> None:
    """Deploy from nothing, use it, deploy it again, upgrade it, go back, and plant what has to be refused.

    Without `uses` nobody uses it in between. What functions ask of AWS meanwhile is held against what is kept; with
    `records` it is kept in its place.

    Raises:
        DeployError: a deployment did not do what it should.
        flow.FlowError: what is deployed did not do what it should.

    """
    with ministack.running(enforce=True) as engine:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
            os.environ.pop(name, None)  # of whoever has an account, which this is not for
        os.environ.update(engine.environment)
        deployer = Deployer(stage, Cloud(stage.region), tell, _POLL_S)
        _verify(deployer.cloud, stage.parameters["MailFrom"])
        wish = Wish(today(), commit_of(), accepts_unknown=True)
        _expect(deployer.deploy(package, wish), "el primer despliegue no creó nada")
        opened = flow.begin(look_at(engine, deployer.cloud, deployer.stack), tell) if uses else None
        _expect(not deployer.deploy(package, wish), "el mismo paquete, desplegado otra vez, cambió algo")
        upgraded = _upgraded(package)
        _expect(deployer.deploy(upgraded, wish), "otro paquete no cambió nada")
        _expect(_threshold(deployer) == _THRESHOLD, "lo nuevo no llegó")
        if opened is not None:
            opened.still_opens()
        for name, planted in {"una tabla": _replaced_table(upgraded), "un depósito": _removed_bucket(upgraded)}.items():
            _refuse(deployer, planted, wish, name)
        os.environ.update(STACK=stage.stack, CMD=f"rollback {package.package_id}")
        _expect(operate.main() == 0 and _threshold(deployer) != _THRESHOLD, "la vuelta atrás no volvió")
        if opened is not None:
            opened.still_opens()
            opened.go_on()
            judge = rights.record_rights if records else rights.hold_rights
            judge(look_at(engine, deployer.cloud, deployer.stack), tell)


def _verify(cloud: Cloud, address: str) -> None:
    """Have the engine know the sender; its two versions of SES each have a list of their own."""
    cloud.client("ses").verify_email_identity(EmailAddress=address)
    cloud.client("sesv2").create_email_identity(EmailIdentity=address)


def _expect(so: bool, claim: str) -> None:
    if not so:
        raise DeployError(claim)


def _threshold(deployer: Deployer) -> float:
    name = deployer.stack.resources[_UPGRADED_ALARM]
    found = deployer.cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return float(found[0]["Threshold"])


def _refuse(deployer: Deployer, planted: Package, wish: Wish, name: str) -> None:
    before = deployer.stack.resources
    try:
        deployer.deploy(planted, wish)
    except DeployError as error:
        _expect("se pierde" in str(error), f"no se rehusó por lo que se perdería: {error}")
    else:
        raise DeployError(f"se desplegó lo que pierde {name}")
    left = deployer.stack.cfn.list_change_sets(StackName=deployer.stage.stack)["Summaries"]
    open_ones = [one["ChangeSetName"] for one in left if one["ExecutionStatus"] == "AVAILABLE"]
    _expect(not open_ones and deployer.stack.resources == before, f"quedó algo de lo rehusado: {open_ones}")
    deployer.tell(f"rehusado: el paquete que pierde {name}")


def _upgraded(package: Package) -> Package:
    """Return a package that differs in one alarm."""
    template = copy.deepcopy(package.template)
    template["Resources"][_UPGRADED_ALARM]["Properties"]["Threshold"] = _THRESHOLD
    return _with_template(package, template)


def _replaced_table(package: Package) -> Package:
    template = copy.deepcopy(package.template)
    properties = template["Resources"][_PLANTED_TABLE]["Properties"]
    former = properties["KeySchema"][0]["AttributeName"]
    said = json.dumps(properties).replace(f'"{former}"', '"otra_clave"')
    template["Resources"][_PLANTED_TABLE]["Properties"] = json.loads(said)
    return _with_template(package, template)


def _removed_bucket(package: Package) -> Package:
    """Return a package without a bucket; what names it names another one."""
    resources = {
        name: resource
        for name, resource in package.template["Resources"].items()
        if name not in {_PLANTED_BUCKET, f"{_PLANTED_BUCKET}Policy"}
    }
    said = json.dumps({**package.template, "Resources": resources})
    return _with_template(package, json.loads(said.replace(_PLANTED_BUCKET, "UploadsBucket")))


def _with_template(package: Package, template: dict[str, Any]) -> Package:
    return replace(package, template=template, package_id=package_id_of(package.code, template))
