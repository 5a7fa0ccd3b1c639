"""What an operator does in a deployed stack, by commands alone, under their function's own policy."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from chalicelib.config import Config
from chalicelib.handlers.operator.commands import COMMANDS
from chalicelib.store import tables
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.people.data_request_store import DataRequestStore
from infra.deploy.use.check import check
from infra.deploy.use.deployment import Deployment
from infra.deploy.use.person import USERNAME
from infra.operate import in_stack

INSTITUTION = "entidad-demo"
KEY_ID = "e2e"
_OF_A_RESTORE = {"restore hold", "restore release"}
"""What would keep jobs waiting, and what is refused until tables were checked; `make restore-drill` gives both."""
WHO = "--reason 'prueba del despliegue' --operator e2e"


def give(deployment: Deployment, *lines: str) -> list[str]:
    """Give commands in turn, each of which has to be done; return what they print."""
    client, stack = deployment.client("lambda"), deployment.resources["Operator"].removesuffix("-operator")
    printed = []
    for line in lines:
        answer = in_stack(client, stack, {"command": line})
        check(answer["exit"] == 0, f"{line} runs: {answer['output']}")
        printed.append(str(answer["output"]))
    return printed


def answer_requests(deployment: Deployment) -> None:
    """Have the operator see what the holder asked about their data, answer one, and close the mailbox a day later."""
    [listed] = give(deployment, f"requests list --json {WHO}")
    waiting = {one["kind"]: one["reference"] for one in json.loads(listed)["requests"]}
    check(set(waiting) == {"access", "closure"}, "both requests wait")
    asked, closing = (f"{USERNAME} {waiting[kind]}" for kind in ("access", "closure"))
    give(deployment, f"requests show {asked} {WHO}", f"requests refuse {asked} --words 'Es una prueba.' {WHO}")
    requests = DataRequestStore(tables.bind(Config.from_env(deployment.environment)), bytes(32))
    for one in requests.of_mailbox(USERNAME):
        if one.reference == waiting["closure"]:
            requests.update(replace(one, asked_at=one.asked_at - timedelta(days=2)))
    give(deployment, f"requests done {closing} --words 'Cerramos tu casilla.' {WHO}")
    closed = MailboxStore().find(USERNAME)
    check(closed is not None and closed.closed_at is not None, "the mailbox is closed")


def run_commands(deployment: Deployment, notice_id: str) -> None:
    """Have the operator's function do each command under its own policy, once the institution is needed no more."""
    decree = "--name 'Día no laborable' --norm 'D.S. 000-2027-PCM' --norm-date 2027-01-02"
    give(
        deployment,
        *(
            f"{command.name} {WHO}" if command.changes else command.name
            for command in COMMANDS
            if not command.arguments and command.name not in _OF_A_RESTORE
        ),
        *("alerts list", f"alerts show {notice_id}", f"alerts resend {notice_id} {WHO}"),
        *(f"receipts index {WHO}", f"alerts index {WHO}"),
        f"sessions end --user {USERNAME} {WHO}",
        *(f"institutions show {INSTITUTION}", f"institutions set {INSTITUTION} --phone 111111 {WHO}"),
        f"institutions region {INSTITUTION} arequipa {WHO}",
        f"institutions contact {INSTITUTION} --subject Licencias --desk 'Mesa de partes' --phone 000000 {WHO}",
        f"institutions colours {INSTITUTION} --light 0056ac --dark 8ab8f5 {WHO}",
        f"institutions no-emblem {INSTITUTION} {WHO}",
        f"institutions distance {INSTITUTION} --place Iquitos --days 5 --norm 'R.A. 288-2015-CE-PJ' {WHO}",
        f"calendar declare --day 2027-05-03 {decree} {WHO}",
        f"calendar regional --region arequipa --day 2027-08-16 {decree} {WHO}",
        f"calendar correct --day 2027-05-03 --withdraw {WHO}",
        *(f"calendar confirm --year 2026 {WHO}", "calendar show --version 1"),
        f"calendar hours --opens 08:00 --closes 17:00 --norm 'D.S. 000-2027-PCM' {WHO}",
        *(f"keys list {INSTITUTION}", f"keys revoke {INSTITUTION} {KEY_ID} {WHO}"),
    )
    [announced] = give(deployment, f"outage announce --affects all --words 'Prueba del despliegue' {WHO} --json")
    outage_id = json.loads(announced)["outage_id"]
    give(deployment, "outage list", f"outage show {outage_id}", f"outage end {outage_id} {WHO}")
