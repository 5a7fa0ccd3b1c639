"""Give institutions' systems a function of their own, so that pages never take the place of deposits.

It is the API's function once more: same code, same entry, with a role, a log and a reserved concurrency of its own.
Every path whose doors all ask for a sender's signature leads to it; which these are is read from the map of doors.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from chalicelib.handlers.door import SIGNED, Door
from chalicelib.handlers.doors import DOORS

FUNCTION = "SenderHandler"
NAME = "sender_handler"
POLICY = Path(__file__).parents[1] / ".chalice" / f"policy-{NAME}.json"
_OWN = {"Role", "FunctionName", "ReservedConcurrentExecutions"}
"""What the copy does not share."""


def signed_paths(doors: tuple[Door, ...] = DOORS) -> frozenset[str]:
    """Return the paths that only senders have a use for."""
    accesses = defaultdict(set)
    for door in doors:
        accesses[door.path].add(door.access)
    return frozenset(path for path, asked in accesses.items() if asked == {SIGNED})


def lead_senders_to_their_own(merged: dict[str, Any]) -> None:
    """Rewrite the merged template: the function, its role and permission are added, the signed paths lead to it."""
    resources = merged["Resources"]
    resources[FUNCTION] = _function(resources["APIHandler"], resources[FUNCTION])
    resources[f"{FUNCTION}Role"] = _role(resources["ApiHandlerRole"])
    resources[f"{FUNCTION}InvokePermission"] = _led_there(resources["APIHandlerInvokePermission"])
    resources[f"{FUNCTION}LogGroup"] = _joined(resources["ApiHandlerLogGroup"], resources[f"{FUNCTION}LogGroup"])
    paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    for path in signed_paths():
        paths[path] = _led_there(paths[path])


def _function(of_the_api: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    shared = {name: said for name, said in of_the_api["Properties"].items() if name not in _OWN}
    properties = {**shared, "Role": {"Fn::GetAtt": [f"{FUNCTION}Role", "Arn"]}, **own["Properties"]}
    return {**of_the_api, "Properties": properties}


def _role(of_the_api: dict[str, Any]) -> dict[str, Any]:
    role = copy.deepcopy(of_the_api)
    document = json.loads(POLICY.read_text(encoding="utf-8"))
    role["Properties"]["Policies"] = [{"PolicyName": f"{FUNCTION}RolePolicy", "PolicyDocument": document}]
    return role


def _joined(of_the_api: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {**of_the_api, "Properties": {**of_the_api["Properties"], **own["Properties"]}}


def _led_there(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that names this function wherever the other names the API's."""
    led: dict[str, Any] = json.loads(json.dumps(resource).replace("APIHandler", FUNCTION))
    return led
