"""The operator's commands about alerts, as Lambda runs them over everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.bootstrap.alert import alert_batch_store, channels, sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.alert import AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.delivery_report import DeliveryReport
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.store.tables import AlertBatchItem
from tests import alert_world
from tests.alert_world import HOSTILE, a_batch, an_alert, hooked, refusing
from tests.cloud import Engine
from tests.deposit_world import World
from tests.handlers.operator.conftest import Give

WHO = "--reason 'SES en pausa; AWS la levantó' --operator rquispe"
SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)
NOT_TAKEN = "el servicio de correo no la recibió (mail_unavailable)"
NOT_VALID = "la dirección no es válida (email_address_refused)"
UNKNOWN, NOTICE, OTHER = (code_from_number(number) for number in (1, 2, 3))


def sweep(world: World) -> dict[str, Any]:
    report: dict[str, Any] = world.client.lambda_.invoke("sweep_alerts", SCHEDULED).payload
    return report


@contextmanager
def mail_refused(world: World) -> Iterator[None]:
    with refusing(channels(world.container).mail._client, "SendEmail", "SendingPausedException"):  # noqa: SLF001
        yield


@pytest.fixture
def given_up(world: World, moto_engine: Engine) -> Iterator[str]:
    """Deposit while no mail goes, and let 72 hours pass; the SMS went. The process forgets it in the end."""
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    notice_id: str = world.deposit().json_body["notice_id"]
    with mail_refused(world):
        world.clock.advance(minutes=2)
        sweep(world)
        world.clock.advance(hours=72)
        assert sweep(world)["gave_up"] == 2
    yield notice_id
    for made in (channels, sending_tools):
        del world.container.made[made]


def put(world: World, notice_id: str, *alerts: Any, at: datetime | None = None) -> None:
    """Put a batch as it is on the list."""
    box = world.container
    it = alert_world.World.__new__(alert_world.World)
    it.connection, it.batches = connection(box), alert_batch_store(box)
    it.give_up(notice_id, at or world.clock.now, *alerts)


def events(world: World, notice_id: str) -> tuple[Event, ...]:
    return event_store(world.container).list_for_subject(f"notice#{notice_id}")


def test_the_whole_way_from_given_up_to_sent(world: World, give: Give, given_up: str) -> None:
    assert sweep(world)["on_list"] == 1, "the alarm rings"
    code, listed = give("alerts list")
    hour = "12/03/2026 15:17:30"
    assert code == 0
    assert listed.splitlines() == [
        f"1 notificación en la lista, de {hour} a {hour}, hora de Lima. Primero las más recientes.",
        "",
        f"{given_up}  desde 12/03/2026 15:17:30  Entidad de Demostración",
        f"  correo u***@ejemplo.pe, no enviada: {NOT_TAKEN}, 2 intentos",
        f"  correo u***@ejemplo.pe, no enviada: {NOT_TAKEN}, 2 intentos",
    ]

    world.clock.advance(hours=1)
    code, said = give(f"alerts resend {given_up} {WHO}")

    assert (code, said.splitlines()[0]) == (0, f"{given_up}  se enviará otra vez en unos minutos")
    assert give("alerts list") == (0, "No hay alertas por reenviar: la lista está vacía.")
    assert give("alerts waiting")[1].startswith("1 notificación en espera; la más antigua desde 12/03/2026 16:17:30.")
    world.clock.advance(minutes=2)
    report = sweep(world)
    assert (report["sent"], report["on_list"], report["is_complete"]) == (2, 0, True)
    assert len(ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages) == 2
    assert give("alerts waiting")[1] == "Ninguna alerta espera. Por atender ahora: 0."
    kinds = [event.type for event in events(world, given_up)]
    assert kinds[-3:] == [EventType.ALERT_RESENT, EventType.ALERT_SENT, EventType.ALERT_SENT]
    [told] = [event for event in events(world, given_up) if event.type is EventType.ALERT_RESENT]
    assert (told.actor, told.data) == (
        "operator:rquispe",
        {"alert_ids": "u1.email u2.email", "reason": "SES en pausa; AWS la levantó"},
    )


@pytest.mark.usefixtures("given_up")
def test_what_is_resent_and_refused_again_is_given_up_72_hours_later_and_back_on_the_list(
    world: World, give: Give
) -> None:
    give(f"alerts resend --all {WHO}")
    with mail_refused(world):
        world.clock.advance(hours=71)
        assert sweep(world)["on_list"] == 0
        world.clock.advance(hours=1)
        assert sweep(world)["on_list"] == 1
    assert "15/03/2026 15:17:30" in give("alerts list")[1]


def test_a_notice_is_shown_with_every_step_and_report_and_no_whole_address(
    world: World, give: Give, given_up: str
) -> None:
    at = world.clock.now
    report = DeliveryReport(given_up, "u1.email", at, AlertReport(ReportKind.DELIVERED, at, "m"))
    event = Event(f"notice#{given_up}", EventType.ALERT_REPORTED, at, "e1", "worker:test")
    alert_batch_store(world.container).record_report(report, event)

    code, shown = give(f"alerts show {given_up.lower()}")

    assert code == 0
    assert f"  09/03/2026 15:17:30  el proveedor no la recibe; se vuelve a intentar: {NOT_TAKEN}" in shown
    assert f"  12/03/2026 15:17:30  no enviada: {NOT_TAKEN}" in shown
    assert "  12/03/2026 15:17:30  informe del proveedor: entregada" in shown
    assert f"Para enviarla otra vez: alerts resend {given_up}" in shown
    for whole in ("usuaria1@", "usuaria2@", "+5190", "+5198"):
        assert whole not in shown + give("alerts list")[1] + give(f"alerts show {given_up} --json")[1]


def test_notices_that_are_unknown_or_unreadable_are_named_and_the_rest_is_done(
    world: World, give: Give, given_up: str
) -> None:
    bad = OTHER
    put(world, bad)
    AlertBatchItem(bad).update([AlertBatchItem.alerts.set([{"alert_id": "a", "sending": "nowhere"}])])
    assert f"{bad}  desde 12/03/2026 15:17:30  no se puede leer" in give("alerts list")[1]

    code, said = give(f"alerts resend {UNKNOWN} {bad} {given_up} {given_up} {WHO}")

    assert code == 1
    assert [line for line in said.splitlines() if not line.startswith(" ")] == [
        f"{UNKNOWN}  no existe o no tiene alertas: revise el número",
        f"{bad}  no se pudo: repita el comando; si sigue igual, el registro de la función dice por qué",
        f"{given_up}  se enviará otra vez en unos minutos",
    ]
    assert give(f"alerts show {UNKNOWN}")[0] == give(f"alerts show {bad}")[0] == 1
    assert json.loads(give(f"alerts show {bad} --json")[1])["code"] == "alerts_unreadable"


def test_what_is_refused_for_good_or_was_returned_is_not_resent_and_it_says_what_to_do(
    world: World, give: Give
) -> None:
    failed = an_alert(sending=AlertState.FAILED, refusal="email_address_refused", attempts=1)
    bounced = an_alert("u2", sending=AlertState.ACCEPTED, message_id="m", attempts=1)
    bounced = bounced.with_report(AlertReport(ReportKind.BOUNCED, world.clock.now, "m", "bounce_permanent_general"))
    notice_id = NOTICE
    put(world, notice_id, failed, bounced)
    give(f"alerts resend {notice_id} {WHO}")

    code, said = give(f"alerts resend {notice_id} {WHO}")

    assert code == 0
    assert said.splitlines() == [
        f"{notice_id}  no había nada por reenviar; no se cambió nada",
        "  correo u***@ejemplo.pe, por enviar, 7 intentos",
        f"  correo u***@ejemplo.pe, dirección o número rechazado para siempre: {NOT_VALID}, 1 intento",
        "  correo u***@ejemplo.pe, devuelta: código del proveedor (bounce_permanent_general), 1 intento",
        "  El titular corrige su dirección en «Mi perfil»; lo que nadie abrió se le avisa entonces allí.",
    ]
    assert len(events(world, notice_id)) == 1


def test_the_whole_list_goes_in_parts_that_end_before_the_function_is_stopped(world: World, give: Give) -> None:
    for number in range(5):
        put(world, f"N{number:03}")
    world.clock.step = timedelta(seconds=9)
    code, said = give(f"alerts resend --all {WHO} --json")
    world.clock.step = timedelta(0)
    done = json.loads(said)
    resent, left = len(done["notices"]), done["left"]
    assert (code, resent + left) == (0, 5)
    assert 0 < left < 5

    world.clock.step = timedelta(seconds=9)
    second = give(f"alerts resend --all {WHO}")[1]
    world.clock.step = timedelta(0)
    assert second.startswith(f"{resent} notificaciones por enviar otra vez. Quedan {left - resent} en la lista.")
    assert second.endswith("\nRepita el mismo comando para seguir.")

    assert give(f"alerts resend --all {WHO}")[1].endswith("Quedan 0 en la lista.")
    assert give(f"alerts resend --all {WHO}") == (0, "0 notificaciones por enviar otra vez. Quedan 0 en la lista.")


def test_two_at_once_resend_once(world: World, give: Give, given_up: str) -> None:
    met: list[tuple[int, str]] = []

    def meanwhile(**_: Any) -> None:
        if not met:
            met.append((0, ""))
            world.clock.advance(seconds=1)
            met.append(give(f"alerts resend --all {WHO}"))

    with hooked(connection(world.container).client, "TransactWriteItems", meanwhile):
        second = give(f"alerts resend {given_up} {WHO}")

    assert met[1][1].startswith("1 notificación por enviar otra vez.")
    assert second[1].startswith(f"{given_up}  no había nada por reenviar")
    assert [event.type for event in events(world, given_up)].count(EventType.ALERT_RESENT) == 1


def test_the_list_is_shown_page_by_page(world: World, give: Give) -> None:
    start = world.clock.now
    for number in range(5):
        put(world, f"N{number:03}", at=start + timedelta(seconds=number))
    code, first = give("alerts list --limit 2")
    assert code == 0
    assert first.startswith("5 notificaciones en la lista, de 09/03/2026 15:15:30 a 09/03/2026 15:15:34")
    again = first.splitlines()[-1].removeprefix("Hay más, de antes: ")
    assert again == f"alerts list --after {int(start.timestamp()) + 3}/N003"
    shown = json.loads(give(f"{again} --json")[1])
    assert [notice["notice_id"] for notice in shown["notices"]] == ["N002", "N001", "N000"]
    assert shown["after"] is None


def test_what_others_wrote_does_not_reach_the_terminal(world: World, give: Give) -> None:
    notice_id = NOTICE
    alert = an_alert(
        channel=Channel.SMS, sending=AlertState.GAVE_UP, refusal="\x1b[2Jx", destination="\x1b[2J@a\nb\u202e"
    )
    put(world, notice_id, alert)
    AlertBatchItem(notice_id).update([AlertBatchItem.institution_name.set(HOSTILE + "\x1b[31m")])
    for line in ("alerts list", f"alerts show {notice_id}", f"alerts resend {notice_id} {WHO}", "alerts list --json"):
        said = give(line)[1]
        assert not [letter for letter in said if letter in "\x1b\x00\r\u202e\u2028"], line


@pytest.mark.usefixtures("given_up")
@pytest.mark.parametrize("line", ["alerts list", "alerts waiting", f"alerts show {NOTICE}"])
def test_a_store_that_does_not_answer_is_told_and_no_success(
    world: World, give: Give, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = connection(world.container).client
    with (
        refusing(client, "Query", "InternalServerError", status=500),
        refusing(client, "GetItem", "InternalServerError", status=500),
    ):
        code, said = give(line)
    assert (code, said) == (1, "El servicio no responde. Intente de nuevo en un momento.")
    [logged] = [vars(record) for record in caplog.records if record.message == "command refused"]
    assert logged["item"] == " ".join(line.split()[:2])


def test_alerts_of_a_package_before_are_put_on_the_list(world: World, give: Give) -> None:
    put(world, NOTICE)
    former = {"alert_id": "u1.email", "channel": "email", "destination": "a@b.pe", "message_id": None}
    gone = [
        AlertBatchItem.due_shard.remove(),
        AlertBatchItem.waiting_shard.remove(),
        AlertBatchItem.given_up_shard.remove(),
    ]
    failed = AlertBatchItem.alerts.set([{**former, "state": "failed", "error": "attempts_exhausted"}])
    AlertBatchItem(NOTICE).update([failed, *gone])
    assert NOTICE not in give("alerts list")[1]

    assert give(f"alerts index {WHO}") == (0, "Vistas: 1. Puestas en su lista: 1. No se pudieron leer: 0.")

    assert NOTICE in give("alerts list")[1]
    assert json.loads(give(f"alerts index --json {WHO}")[1]) == {"looked_at": 1, "moved": 0, "failed": 0, "after": None}
    events = event_store(world.container).list_for_subject("index#alerts")
    told = sorted((event.data["changed"], event.actor) for event in events)
    assert told == [("0", "operator:rquispe"), ("1", "operator:rquispe")]
    assert give(f"alerts index --after x {WHO}")[0] == 2
    assert give("alerts index")[0] == 2


def test_an_empty_batch_and_one_from_before_are_shown(world: World, give: Give) -> None:
    notice_id = NOTICE
    alert_batch_store(world.container)
    put(world, notice_id)
    AlertBatchItem(notice_id).update([AlertBatchItem.alerts.set([])])
    assert "No tenía a quién avisar." in give(f"alerts show {notice_id}")[1]
    former = [
        {"alert_id": "u1.email", "channel": "email", "destination": "a@b.pe", "state": "failed", "error": "x"},
        {
            "alert_id": "u2.email",
            "channel": "email",
            "destination": "c@d.pe",
            "state": "failed",
            "error": "rejected_by_provider",
        },
    ]
    AlertBatchItem(notice_id).update([AlertBatchItem.alerts.set(former), AlertBatchItem.attempts.set(9)])
    shown = give(f"alerts show {notice_id}")[1]
    assert "no enviada: código del proveedor (x), 9 intentos" in shown
    assert (
        "  sin hora  informe del proveedor: el proveedor la descartó: por su contenido (rejected_by_provider)" in shown
    )
    assert a_batch().notice_id not in shown
