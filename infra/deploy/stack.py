"""A stack: the state it is in, a change set for it, and waiting until that is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.deploy.changes import Change, read_changes
from infra.deploy.cloud import DeployError, SmokeFailed, StackFailed

CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
PREFIX = "casilla-"
"""Begins the name of a change set of this program."""
UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
_EXECUTED = ("EXECUTE_COMPLETE", "EXECUTE_FAILED")
_STACK = "AWS::CloudFormation::Stack"
_EMPTY = ("didn't contain changes", "No updates are to be performed")
_CAUSES = 5
_FIRST_FAILED = (
    "La primera creación no llegó a su fin y la pila {name} no se puede actualizar: nunca dio servicio. Vea la causa"
    " (aws cloudformation describe-stack-events --stack-name {name}), bórrela con «aws cloudformation delete-stack"
    " --stack-name {name}» y despliegue otra vez. Las tablas y los depósitos de archivos que se conserven llevan el"
    " nombre de la pila: revise que estén vacíos antes de borrarlos a mano."
)
ANSWERS = {
    "ROLLBACK_COMPLETE": _FIRST_FAILED,
    "ROLLBACK_FAILED": _FIRST_FAILED,
    "CREATE_FAILED": _FIRST_FAILED,
    "DELETE_FAILED": "Alguien quiso borrar la pila {name} y no pudo. No se despliega sobre ella: averigüe por qué.",
    "UPDATE_FAILED": "La actualización de {name} quedó a medias. Vuelva atrás con «aws cloudformation rollback-stack"
    " --stack-name {name}» y despliegue otra vez.",
    "UPDATE_ROLLBACK_FAILED": "La pila {name} no pudo volver a como estaba. Vea qué recurso falló (aws cloudformation"
    " describe-stack-events --stack-name {name}), corrija la causa y siga con «aws cloudformation"
    " continue-update-rollback --stack-name {name}»; después despliegue otra vez.",
    "IMPORT_ROLLBACK_FAILED": "Una adopción de recursos de {name} quedó a medias. Corrija la causa y siga con «aws"
    " cloudformation continue-update-rollback --stack-name {name}».",
}
"""What to do about a stack that cannot be updated as it is, by its state."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What would be done; nothing is, until it is executed."""

    name: str
    kind: str
    """CREATE or UPDATE."""
    changes: list[Change]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack by its name, there or not."""

    cfn: Any
    name: str
    tell: Callable[[str], None]
    poll_s: float = 5.0

    def describe(self) -> dict[str, Any] | None:
        """Return what CloudFormation says of it; None where there is none."""
        try:
            found: dict[str, Any] = self.cfn.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error):
                return None
            raise
        return found

    @property
    def outputs(self) -> dict[str, str]:
        """Return what the stack tells of itself."""
        return {one["OutputKey"]: one["OutputValue"] for one in (self.describe() or {}).get("Outputs", [])}

    @property
    def parameters(self) -> dict[str, str]:
        """Return what parameters the stack has; empty where it holds nothing yet."""
        found = self.describe() or {"StackStatus": "REVIEW_IN_PROGRESS"}
        if found["StackStatus"] == "REVIEW_IN_PROGRESS":
            return {}
        return {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])}

    @property
    def resources(self) -> dict[str, str]:
        """Return the physical names by logical id, without what is gone; empty where there is no stack."""
        if self.describe() is None:
            return {}
        pages = self.cfn.get_paginator("list_stack_resources").paginate(StackName=self.name)
        listed = [one for page in pages for one in page["StackResourceSummaries"]]
        there = [one for one in listed if not one["ResourceStatus"].startswith("DELETE_")]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in there}

    def settle(self) -> str:
        """Wait for what somebody else, or a run that died, began; return CREATE or UPDATE, which can be done now.

        Raises:
            DeployError: neither can; the text says what to do.

        """
        told = False
        while True:
            state = str((self.describe() or {"StackStatus": "none"})["StackStatus"])
            if not state.endswith("_IN_PROGRESS") or state == "REVIEW_IN_PROGRESS":
                break
            if not told:
                self.tell(
                    f"la pila {self.name} está en {state}: otro despliegue no ha terminado; se espera a que acabe"
                )
                told = True
            time.sleep(self.poll_s)
        if state in {"none", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}:
            return "CREATE"
        if state in UPDATABLE:
            return "UPDATE"
        unknown = (
            "La pila {name} está en un estado que este programa no conoce: vea la documentación de CloudFormation."
        )
        raise DeployError(f"{state}: {ANSWERS.get(state, unknown).format(name=self.name)}")

    def plan(self, package_id: str, kind: str, **given: Any) -> ChangeSet:
        """Make a change set in place of those that runs before left behind.

        Raises:
            DeployError: CloudFormation does not make one.

        """
        taken = self._delete_leftovers()
        name = next(one for one in (f"{PREFIX}{package_id}-{number}" for number in count(1)) if one not in taken)
        try:
            self.cfn.create_change_set(
                StackName=self.name, ChangeSetName=name, ChangeSetType=kind, Capabilities=CAPABILITIES, **given
            )
            self.cfn.get_waiter("change_set_create_complete").wait(StackName=self.name, ChangeSetName=name)
        except WaiterError as error:
            reason = str(error.last_response.get("StatusReason", error))
            self.discard(name)
            if any(words in reason for words in _EMPTY):
                return ChangeSet(name, kind, [], is_empty=True)
            raise DeployError(f"CloudFormation no acepta los cambios: {reason}") from error
        except ClientError as error:
            raise DeployError(f"CloudFormation no acepta los cambios: {error.response['Error']['Message']}") from error
        pages = self.cfn.get_paginator("describe_change_set").paginate(StackName=self.name, ChangeSetName=name)
        return ChangeSet(name, kind, read_changes(one for page in pages for one in page["Changes"]), is_empty=False)

    def discard(self, change_set: str) -> None:
        """Delete a change set, so that nobody executes it."""
        self.cfn.delete_change_set(StackName=self.name, ChangeSetName=change_set)

    def execute(self, change_set: ChangeSet) -> None:
        """Do it, and tell what happens until it is done.

        Raises:
            StackFailed: it was not done; the text has the first causes.

        """
        seen = {event["EventId"] for event in self._events(set())}
        with once_begun(self.name):
            self.cfn.execute_change_set(StackName=self.name, ChangeSetName=change_set.name)
            state, happened = self._wait(change_set, seen)
        if state != f"{change_set.kind}_COMPLETE":
            answer = ANSWERS.get(state, "La pila está como antes. Corrija la causa y despliegue otra vez.")
            causes = "\n".join(f"- {cause}" for cause in first_causes(happened)) or "- no las dijo"
            raise StackFailed(f"{state}. Primeras causas:\n{causes}\n{answer.format(name=self.name)}")

    def _wait(self, change_set: ChangeSet, seen: set[str]) -> tuple[str, list[dict[str, Any]]]:
        """Return the state that a change set led to, and the events since those that were seen.

        A state at rest may still be that of before: it counts once the stack's own event has it, or the change set
        is said to be executed.
        """
        happened: list[dict[str, Any]] = []
        while True:
            time.sleep(self.poll_s)
            is_executed = self._is_executed(change_set)
            state = str((self.describe() or {"StackStatus": "DELETE_COMPLETE"})["StackStatus"])
            fresh = list(reversed(self._events(seen)))
            seen |= {event["EventId"] for event in fresh}
            happened += fresh
            self._tell_events(fresh)
            own = {event["ResourceStatus"] for event in happened if event.get("PhysicalResourceId") == event["StackId"]}
            is_over = is_executed or state in own or state == "DELETE_COMPLETE"
            if is_over and not state.endswith("_IN_PROGRESS"):
                return state, happened

    def _is_executed(self, change_set: ChangeSet) -> bool:
        """Tell whether CloudFormation says so; after it was done it may know the change set no more."""
        try:
            said = self.cfn.describe_change_set(StackName=self.name, ChangeSetName=change_set.name)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
                return False
            if error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error):
                return False  # with its stack
            raise
        return said.get("ExecutionStatus") in _EXECUTED

    def template(self) -> dict[str, Any]:
        """Return the template that the stack has, after its transform; nothing of what is not there yet."""
        state = (self.describe() or {"StackStatus": "REVIEW_IN_PROGRESS"})["StackStatus"]
        if state == "REVIEW_IN_PROGRESS":
            return {}
        body: Any = self.cfn.get_template(StackName=self.name, TemplateStage="Processed")["TemplateBody"]
        return body if isinstance(body, dict) else {}

    def _delete_leftovers(self) -> set[str]:
        """Delete what was never executed, and return the names of the change sets that are left."""
        if self.describe() is None:
            return set()
        pages = self.cfn.get_paginator("list_change_sets").paginate(StackName=self.name)
        listed = {one["ChangeSetName"]: one.get("ExecutionStatus") for page in pages for one in page["Summaries"]}
        waiting = [name for name, done in listed.items() if name.startswith(PREFIX) and done not in _EXECUTED]
        for name in waiting:
            self.discard(name)
        return set(listed) - set(waiting)

    def _events(self, seen: set[str]) -> list[dict[str, Any]]:
        """Return the events since those that were seen, the newest first: an old stack has thousands."""
        if self.describe() is None:
            return []
        fresh: list[dict[str, Any]] = []
        pages: Iterator[dict[str, Any]] = self.cfn.get_paginator("describe_stack_events").paginate(StackName=self.name)
        for page in pages:
            unseen = [event for event in page["StackEvents"] if event["EventId"] not in seen]
            fresh += unseen
            if not seen or len(unseen) < len(page["StackEvents"]):
                break
        return fresh

    def _tell_events(self, events: list[dict[str, Any]]) -> None:
        done = sum(event["ResourceStatus"].endswith("_COMPLETE") for event in events)
        for event in events:
            if event["ResourceStatus"].endswith("_FAILED"):
                self.tell(f"  {_told(event)}")
        if done:
            self.tell(f"  {done} recursos listos, el último {events[-1]['LogicalResourceId']}")


@contextmanager
def once_begun(name: str) -> Iterator[None]:
    """Say of whatever fails within that the stack may be under way, or is changed already.

    Raises:
        StackFailed: it failed, or whoever waited went; a permission to begin that lacks is no beginning.

    """
    try:
        yield
    except (StackFailed, SmokeFailed):
        raise
    except (BotoCoreError, ClientError, DeployError, KeyboardInterrupt) as error:
        if getattr(error, "operation_name", "") == "ExecuteChangeSet" and _is_denied(error):
            raise
        why = str(error) or "interrumpido"
        raise StackFailed(
            f"{why}\nEl cambio de la pila {name} ya había empezado: puede seguir en marcha o haber terminado."
            f" Mire cómo está con «aws cloudformation describe-stacks --stack-name {name}» y repita el mismo comando:"
            " espera a que acabe y sigue donde quedó."
        ) from error


def _is_denied(error: BaseException) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in {
        "AccessDenied",
        "AccessDeniedException",
    }


def first_causes(events: list[dict[str, Any]]) -> list[str]:
    """Return what failed first, of events in order of time: what follows was cancelled or undone because of it."""
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    own = [event for event in failed if "cancelled" not in event.get("ResourceStatusReason", "").lower()]
    stack = [
        event
        for event in events
        if event["ResourceType"] == _STACK and "ROLLBACK_IN_PROGRESS" in event["ResourceStatus"]
    ]
    return [_told(event) for event in (own or failed or stack)[:_CAUSES]]


def _told(event: dict[str, Any]) -> str:
    return f"{event['LogicalResourceId']} {event['ResourceStatus']}: {event.get('ResourceStatusReason', '')}".rstrip(
        ": "
    )
