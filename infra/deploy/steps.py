"""The steps of a deployment, in their order; each can be done again after a run that died at any of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import engine_view
from infra.deploy.body import body_for, parameters_for
from infra.deploy.changes import index_refusals, refusals, table, will_be_protected
from infra.deploy.cloud import Cloud, DeployError, SmokeFailed
from infra.deploy.guard import guard, policy_but_for
from infra.deploy.packages import Package, PackageStore
from infra.deploy.preflight import ESSENTIAL, QUESTIONS, Look, findings, require
from infra.deploy.resource_count import resource_count
from infra.deploy.restored import RESTORED
from infra.deploy.smoke import Sites, sites_of, smoke
from infra.deploy.stack import ChangeSet, Stack, once_begun
from infra.deploy.stage import Stage

ROLLOUT, AT_ONCE = "Rollout", "AllAtOnce"
"""How requests pass to another version; on the way back nobody waits."""
NO_TRIGGERS: dict[str, Any] = {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}
"""Said outright: an update keeps those of the one before, and waits for its minutes even without any."""

PROTECTION, UNPROTECTED = "DeletionProtection", "false"
"""A first creation that fails takes its tables back, which it could not if they were protected."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever deploys says beside the stage and the package."""

    now: datetime
    commit: str = ""
    accepts_unknown: bool = False
    """Whether it goes on where something could not be asked."""
    again: str = ""
    """Not empty: replaces every process although nothing else changed."""
    is_rollback: bool = False
    given_up: frozenset[str] = frozenset()
    """Logical ids of what may be removed although it cannot be made again."""


@dataclass(frozen=True, slots=True)
class Deployer:
    """A stage, the cloud it is deployed to, and who is told."""

    stage: Stage
    cloud: Cloud
    tell: Callable[[str], None]
    poll_s: float = 5.0
    """How often CloudFormation is asked how far it is."""

    @property
    def store(self) -> PackageStore:
        """Where the packages are."""
        return PackageStore(self.cloud, self.stage.bucket, self.stage.account)

    @property
    def stack(self) -> Stack:
        """The stack of the stage."""
        client = self.cloud.client("cloudformation")
        return Stack(client, self.stage.stack, self.tell, self.poll_s)

    def deploy(self, package: Package, wish: Wish) -> bool:
        """Bring a package into service; return whether anything changed.

        Raises:
            DeployError: it did not come into service; the text says why and what to do.

        """
        self._look(package, wish)
        before = self.stack.outputs.get("Package", "")
        is_changed = self.bring(package, wish)
        with once_begun(self.stage.stack) if is_changed else nullcontext():
            self.try_out(package, wish, before, sites_of(self.stage, package.template, self.stack.outputs))
        return is_changed

    def bring(self, package: Package, wish: Wish) -> bool:
        """Do what is between the look before and the smoke test after; return whether anything changed.

        Raises:
            DeployError: as above.

        """
        self.store.prepare()
        self.store.keep(package, now=wish.now, commit=wish.commit)
        self.tell(f"paquete {package.package_id} en s3://{self.stage.bucket}")
        change_set = self.plan(package, wish)
        if change_set.is_empty:
            self.tell("sin cambios")
        else:
            self._execute(change_set, package, wish)
        with nullcontext() if change_set.is_empty else once_begun(self.stage.stack):
            if change_set.kind == "CREATE" and self._is_protected(package):
                self.tell("se creó sin la protección de las tablas, para poder deshacerse; ahora se protegen")
                self._execute(self.plan(package, wish), package, wish)
            guard(self.cloud.client("cloudformation"), self.stage.stack)
        self.tell("protegida: política de la pila y protección contra su borrado")
        return not change_set.is_empty

    def try_out(self, package: Package, wish: Wish, before: str, sites: Sites) -> None:
        """Ask the stack as a stranger would; a package that passes is one to go back to.

        `before` is the package that was in service until now, empty where there was none.

        Raises:
            SmokeFailed: something does not answer as it should; the text says what, and how to go back.

        """
        wrong = smoke(sites, self.cloud, self.stage.stack, self.stack.outputs)
        if wrong:
            lines = "\n".join(f"- {one}" for one in wrong)
            back = way_back(self.stage.stack, package.package_id, [before, *self.store.served()])
            raise SmokeFailed(f"Está desplegado, y la prueba de humo falla:\n{lines}\n{back}")
        self.store.mark_served(package.package_id, wish.now)
        self.tell("prueba de humo: páginas, archivos, errores de la API y el operador contestan")

    def roll_back(self, package_id: str, wish: Wish) -> bool:
        """Bring a package of before into service, as fast as it goes, without what its template does not know.

        Raises:
            DeployError: as above, or there is no such package.

        """
        package = self.store.get(package_id)
        known = package.template.get("Parameters", {})
        unknown = [name for name in self.stage.parameters if name not in known]
        if unknown:
            self.tell(f"la plantilla de ese paquete no conoce {', '.join(unknown)}: no se dan")
        at_once = {ROLLOUT: AT_ONCE} if ROLLOUT in known else {}
        kept = {name: value for name, value in self.stage.parameters.items() if name in known}
        former = replace(self, stage=replace(self.stage, parameters={**kept, **at_once}))
        return former.deploy(package, replace(wish, is_rollback=True))

    def _look(self, package: Package, wish: Wish) -> None:
        """Look at all that is needed; of a way back only at what would lead it to the wrong place."""
        parameters = parameters_for(self.stage, package)
        look = Look(
            stage=self.stage,
            cloud=self.cloud,
            package=package,
            code_uri=self.store.code_uri(package),
            now=wish.now,
            resources=self.stack.resources,
            resource_count=resource_count(package.template, self.stage.region, parameters),
            present=self.stack.parameters,
            given_up=wish.given_up,
        )
        questions = ESSENTIAL if wish.is_rollback else QUESTIONS
        accepts_unknown = wish.accepts_unknown or wish.is_rollback
        require(findings(look, questions), self.tell, accepts_unknown=accepts_unknown)

    def plan(self, package: Package, wish: Wish) -> ChangeSet:
        """Return a change set for a package, which loses nothing that cannot be made again.

        Raises:
            DeployError: it would, and was deleted; or there is none.

        """
        stack = self.stack
        kind = stack.settle()
        address = self.store.put_body(body_for(self.stage, package, self.store.code_uri(package)))
        values = parameters_for(self.stage, package, again=wish.again)
        if kind == "CREATE" and PROTECTION in values:
            values[PROTECTION] = UNPROTECTED
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
        before = stack.template() if kind == "UPDATE" else {}
        indexes = index_refusals(before, package.template)
        if indexes:
            lines = "\n".join(f"- {one}" for one in indexes)
            raise DeployError(
                f"No se despliega:\n{lines}\nHágalo en tantos despliegues como índices, uno después del otro."
            )
        triggers = NO_TRIGGERS if wish.is_rollback else self.triggers(kind)
        change_set = stack.plan(
            package.package_id, kind, TemplateURL=address, Parameters=parameters, RollbackConfiguration=triggers
        )
        for line in [] if change_set.is_empty else table(change_set.changes):
            self.tell(f"  {line}")
        protected = will_be_protected(package.template, PROTECTION, values.get(PROTECTION, UNPROTECTED))
        refused = [] if change_set.is_empty else refusals(change_set.changes, wish.given_up - RESTORED, protected)
        if refused:
            stack.discard(change_set.name)
            lines = "\n".join(f"- {one}" for one in refused)
            raise DeployError(
                f"No se despliega, y el conjunto de cambios se borró:\n{lines}\nDeje la descripción de lo que existe"
                " como está; lo nuevo lleva un nombre nuevo al lado, y los datos se pasan antes de quitar lo de antes."
                " Lo que ya no hace falta se quita nombrándolo: LOSES, o detrás del paquete al volver atrás"
                " (docs/despliegue.md)."
            )
        return change_set

    def _is_protected(self, package: Package) -> bool:
        return parameters_for(self.stage, package).get(PROTECTION, UNPROTECTED) != UNPROTECTED

    def _execute(self, change_set: ChangeSet, package: Package, wish: Wish) -> None:
        if change_set.kind == "UPDATE":
            for_now = policy_but_for(wish.given_up, self.stack.template()) if wish.given_up else None
            guard(self.cloud.client("cloudformation"), self.stage.stack, for_now)
        try:
            self.stack.execute(change_set)
        except BaseException:
            if wish.given_up and change_set.kind == "UPDATE":
                self._guard_again()
            raise
        self.tell("la pila está completa")
        with once_begun(self.stage.stack):
            for name, value in self.stack.outputs.items() if change_set.kind == "CREATE" else ():
                self.tell(f"  {name}: {value}")
            if self.stage.is_local:
                engine_view.complete(self.cloud, self.stack, package.template)

    def _guard_again(self) -> None:
        """Take back the weaker policy of an update that failed; that it could not is told, beside why it failed."""
        try:
            guard(self.cloud.client("cloudformation"), self.stage.stack)
        except (BotoCoreError, ClientError) as error:
            self.tell(f"Atención: la política de la pila sigue sin proteger lo nombrado en LOSES ({error}): repita")

    def triggers(self, kind: str) -> dict[str, Any]:
        """Return the alarms that roll an update back: those of the stage that exist, and do not ring already."""
        if kind == "CREATE":
            return NO_TRIGGERS
        resources = self.stack.resources
        names = [resources[one] for one in self.stage.rollback_alarms if one in resources]
        found = self.cloud.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
        quiet = [alarm["AlarmArn"] for alarm in found if alarm["StateValue"] != "ALARM"]
        ringing = [alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM"]
        if ringing:
            self.tell(f"Atención: ya suenan {', '.join(ringing)}, que por eso no pueden revertir este despliegue")
        self.tell(f"revierten el despliegue si suenan: {len(quiet)} alarmas")
        return {
            "RollbackTriggers": [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in quiet],
            "MonitoringTimeInMinutes": self.stage.rollback_minutes if quiet else 0,
        }


def way_back(stack: str, package_id: str, others: list[str]) -> str:
    """Say how to go back to the first of other packages that is one; they may be empty or the same."""
    former = [one for one in others if one not in {"", package_id}]
    if not former:
        return "Es el primer paquete: no hay uno al cual volver. Corrija y despliegue otra vez."
    return f'«make operator STACK={stack} CMD="rollback {former[0]}"» vuelve al paquete anterior.'
