"""Two people of an institution suspend a reading; nothing of the notice is handed out after, and all are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from botocore.exceptions import ReadTimeoutError
from chalice.test import HTTPResponse
from openpyxl import load_workbook

from bench.ledger import ledger
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.storage import event_store, notice_store
from chalicelib.domain.alert.alert import AlertPurpose, AlertState
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import Permission, StaffMember, StaffRole
from chalicelib.store.tables import NoticeItem
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import World, a_body
from tests.staff_world import csrf_of
from tests.suspension_world import REASON, Scene

SECRETS = ("Respuesta a su solicitud", "000079-2026", "EXP-2026-000098", "carta-000079-2026.pdf", "Atención a la Ciud")
"""What the notice of these tests says, and nobody may be told any more."""


def is_told_nothing(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


def test_one_asks_another_confirms_and_both_see_how_it_stands(scene: Scene) -> None:
    asked = text_of(scene.first_browser.get(scene.ask().headers["Location"]))
    check_html(asked)
    assert "llama ahora a otra persona" in asked
    assert "Retirar mi pedido" in asked
    other = text_of(scene.second_browser.get(scene.address))
    check_html(other)
    assert REASON in other
    assert scene.asker.name in other
    assert text_of(scene.holder.get(scene.at_holder)).count("suspend") == 0

    done = text_of(scene.second_browser.get(scene.confirm().headers["Location"]))

    check_html(done)
    assert "La lectura quedó suspendida" in done
    assert f"Lo confirmó</dt><dd>{scene.second.name}" in done
    assert scene.log()[-2:] == [EventType.SUSPENSION_ASKED, EventType.READING_SUSPENDED]
    [last] = event_store(scene.world.container).list_for_subject(f"notice#{scene.notice_id}")[-1:]
    assert (last.actor, last.data) == (
        scene.second.actor,
        {"cause": "wrong_recipient", "asked_by": scene.asker.actor},
    )


def test_who_can_confirm_is_told_by_e_mail_and_then_the_platform(scene: Scene) -> None:
    coordinator = scene.staff.member(StaffRole.COORDINATOR)
    scene.staff.member(permissions=(Permission.SEE_SENT,))
    administrator = scene.staff.member(StaffRole.PLATFORM_ADMINISTRATOR)
    scene.ask()
    told = scene.staff.people.mails()
    assert [to for to, _ in told] == [coordinator.email, scene.second.email]
    assert scene.address in told[0][1]
    assert REASON not in told[0][1]
    scene.confirm()
    assert [to for to, _ in scene.staff.people.mails()[len(told) :] if to.endswith("@entidad.example")] == [
        administrator.email
    ]


def test_who_was_enrolled_within_the_day_confirms_nothing(scene: Scene) -> None:
    scene.ask()
    now = scene.world.clock.now
    for enrolled_at, is_done in ((now - timedelta(hours=23), False), (now - timedelta(hours=25), True)):
        new = scene.staff.member(enrolled_at=enrolled_at)
        answer = scene.confirm(scene.staff.browser(new))
        assert ("hecho=suspendida" in str(answer.headers.get("Location", ""))) is is_done
        assert is_done or "hace menos de un día" in text_of(answer)


def test_whose_way_in_was_set_up_anew_within_the_day_confirms_nothing(scene: Scene) -> None:
    scene.ask()
    now = scene.world.clock.now
    anew = scene.staff.member(enrolled_at=now - timedelta(days=90), sessions_from=now - timedelta(hours=23))

    assert "hace menos de un día" in text_of(scene.confirm(scene.staff.browser(anew)))


def test_who_asked_cannot_confirm(scene: Scene) -> None:
    scene.ask()

    refused = scene.confirm(scene.first_browser)

    assert refused.status_code == 403
    assert "otra persona de tu entidad" in text_of(refused)
    assert EventType.READING_SUSPENDED not in scene.log()


def test_only_who_asked_withdraws_and_then_nobody_can_confirm(scene: Scene) -> None:
    scene.ask()
    assert scene.act("retirar", scene.second_browser).status_code == 403

    assert scene.act("retirar", scene.first_browser).headers["Location"].endswith("?hecho=retirado")

    assert scene.confirm().status_code == 409
    assert scene.log()[-2:] == [EventType.SUSPENSION_ASKED, EventType.SUSPENSION_WITHDRAWN]


@pytest.mark.parametrize(("seconds", "is_done"), [(-2, True), (-1, False)])
def test_a_request_lapses_after_a_day(scene: Scene, seconds: int, is_done: bool) -> None:
    scene.ask()
    scene.world.clock.now += timedelta(days=1, seconds=seconds)  # and a second for the act itself
    later = scene.staff.browser(scene.second)

    answer = scene.confirm(later)

    assert ("hecho=suspendida" in str(answer.headers.get("Location"))) is is_done
    if not is_done:
        assert answer.status_code == 409
        assert scene.ask(later).headers["Location"].endswith("?hecho=pedido")


def test_what_is_asked_or_done_already_is_not_asked_again(scene: Scene) -> None:
    scene.ask()
    assert scene.ask(scene.second_browser).status_code == 409
    scene.confirm()

    for act in (scene.ask, scene.confirm):
        answer = act()
        assert answer.status_code == 409
        assert "ya está suspendida" in text_of(answer)


def test_all_that_is_missing_is_told_at_once_and_what_was_typed_stays(scene: Scene) -> None:
    answer = scene.ask(cause="otra", reason="corto")
    html = text_of(answer)

    check_html(html)
    assert answer.status_code == 422
    assert "Elige por qué se suspende." in html
    assert "Cuenta qué pasó" in html
    assert 'value="corto"' in html
    assert scene.ask(reason="x" * 501).status_code == 422
    assert EventType.SUSPENSION_ASKED not in scene.log()


def _of_another_institution(scene: Scene) -> StaffMember:
    data = NoticeItem.get(scene.notice_id).data
    data["sender"]["institution_id"] = "otra-entidad"
    NoticeItem(scene.notice_id).update([NoticeItem.data.set(data)])
    return scene.asker


def _of_another_office(scene: Scene) -> StaffMember:
    return scene.staff.member(office_id="oficina-norte")


@pytest.mark.parametrize("who", [_of_another_institution, _of_another_office])
def test_a_notice_of_another_institution_or_office_is_as_one_that_is_not_there(scene: Scene, who: Any) -> None:
    browser = scene.staff.browser(who(scene))
    csrf = csrf_of(browser.get("/entidad"))
    missing = f"/entidad/enviadas/{code_from_number(5)}/suspender"

    answers = [browser.get(scene.address), browser.get(missing), browser.get("/entidad/enviadas/nada/suspender")]
    posted = browser.post(scene.address, None, csrf=csrf, deed="pedir", cause="wrong_recipient", reason=REASON)

    assert [one.status_code for one in (*answers, posted)] == [404] * 4
    assert EventType.SUSPENSION_ASKED not in scene.log()


def test_who_may_not_deposit_does_not_suspend(scene: Scene) -> None:
    browser = scene.staff.browser(scene.staff.member(permissions=(Permission.SEE_SENT,)))

    assert browser.get(scene.address).status_code == 403


@pytest.mark.parametrize("opened", [False, True], ids=["unopened", "opened"])
def test_nothing_of_it_is_opened_or_downloaded_any_more_by_page_or_api(scene: Scene, opened: bool) -> None:
    if opened:
        scene.open()
    held = scene.holder.get(scene.at_holder)
    scene.suspend()

    page = text_of(scene.holder.get(scene.at_holder))
    check_html(page)
    assert "La entidad suspendió la lectura de esta notificación el" in page
    assert "No era para el titular de esta casilla" in page
    assert is_told_nothing(page)
    assert REASON not in page
    assert scene.holder.submit(held, scene.at_holder).status_code == 409
    for path in ("documentos/original", "documentos/anexo-1", "constancia"):
        assert scene.holder.get(f"{scene.at_holder}/{path}").headers["Location"] == scene.at_holder
    for path in ("anexos", "pruebas"):
        assert scene.holder.send(f"{scene.at_holder}/{path}", csrf=scene.holder.csrf()).status_code in {303, 409}
    own = f"/v1/notices/{scene.notice_id}"
    calls: list[tuple[str, str, Any]] = [("POST", f"{own}/opening", None)]
    calls += [("GET", f"{own}/files/{name}", None) for name in ("main", "annex-1", "receipt")]
    calls += [("POST", "/v1/exports", {"kind": kind, "notice_id": scene.notice_id}) for kind in ("annexes", "evidence")]
    for call in calls:
        answer = scene.api(*call)
        assert (answer.status_code, answer.json_body["code"]) == (409, "reading_suspended"), call
    shown = scene.api("GET", own).json_body
    assert is_told_nothing(json.dumps(shown, ensure_ascii=False))
    assert shown["reading_suspended"]["cause"] == "wrong_recipient"
    assert shown["document"] is None
    assert EventType.NOTICE_DOWNLOADED not in scene.log()
    assert scene.log().count(EventType.NOTICE_OPENED) == opened


def test_it_stays_in_the_list_with_its_dates_and_is_found_by_nothing_that_it_says(scene: Scene) -> None:
    before = text_of(scene.holder.get("/casilla"))
    scene.suspend()

    html = text_of(scene.holder.get("/casilla"))

    check_html(html)
    assert is_told_nothing(html)
    assert "Lectura suspendida" in html
    assert "Fechas como se emitieron" in html
    due = before.split('class="due')[1].split("</span>")[0]
    assert due in html
    assert scene.api("GET", "/v1/notices?reading=all").json_body["notices"][0]["document"] is None
    searches = (
        "campo=asunto&operador=contiene&valor=solicitud",
        "campo=expediente&operador=contiene&valor=2026-000098",
    )
    dates = [f"campo=fecha_emision&operador=igual&valor=2026-03-0{day}" for day in (6, 9)]
    for search in (*searches, *dates):
        assert scene.notice_id not in text_of(scene.holder.get(f"/casilla/buscar?{search}"))
        assert scene.api("GET", f"/v1/notices/search?{search}").json_body["notices"] == []
    by_sender = "campo=emisor&operador=contiene&valor=demostraci"
    found = text_of(scene.holder.get(f"/casilla/buscar?{by_sender}"))
    assert scene.notice_id in found
    assert is_told_nothing(found)


def download(scene: Scene, asked: dict[str, Any]) -> bytes:
    scene.exports.work()
    return scene.exports.fetch(scene.exports.show(asked["export_id"])["file"]["url"])


@pytest.mark.parametrize("opened", [False, True], ids=["unopened", "opened"])
def test_the_copy_of_the_mailbox_says_that_it_is_suspended_and_nothing_of_it(scene: Scene, opened: bool) -> None:
    if opened:
        scene.open()
    scene.suspend()
    scene.world.clock.advance(minutes=1)

    with ZipFile(BytesIO(download(scene, scene.exports.ask({"kind": "mailbox"})))) as bundle:
        names = [name.rpartition("/")[2] for name in bundle.namelist()]
        told = {name.rpartition("/")[2]: bundle.read(name).decode() for name in bundle.namelist()}

    assert sorted(names) == ["LECTURA-SUSPENDIDA.txt", "LEEME.txt", "SHA256SUMS.txt", "estado.json", "eventos.json"]
    assert all(is_told_nothing(text) for text in told.values())
    assert "No era para el titular" in told["LECTURA-SUSPENDIDA.txt"]
    assert json.loads(told["estado.json"])["reading_suspended"]["cause"] == "wrong_recipient"


@pytest.mark.parametrize("kind", ["listing", "history"])
@pytest.mark.parametrize("format", ["xlsx", "pdf"])
def test_the_list_as_a_file_says_that_it_is_suspended(scene: Scene, format: str, kind: str) -> None:  # noqa: A002
    scene.suspend()
    scene.world.clock.advance(minutes=1)

    content = download(scene, scene.exports.ask({"kind": kind, "format": format}))

    if format == "xlsx":
        cells = [str(cell) for row in load_workbook(BytesIO(content))["Notificaciones"].values for cell in row]
        assert "Lectura suspendida" in cells
        assert any(cell.endswith("Fechas como se emitieron") for cell in cells)
        assert is_told_nothing(" ".join(cells))


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "mailbox"},
        {"kind": "evidence"},
        {"kind": "listing", "format": "xlsx"},
        {"kind": "history", "format": "xlsx"},
    ],
)
@pytest.mark.parametrize("when", ["prepared before", "prepared after"])
def test_what_was_asked_for_before_is_not_handed_out_after(scene: Scene, body: dict[str, Any], when: str) -> None:
    scene.open()
    own = {"notice_id": scene.notice_id} if body["kind"] == "evidence" else {}
    asked = scene.exports.ask({**body, **own})
    if when == "prepared before":
        scene.exports.work()
        assert scene.exports.show(asked["export_id"])["file"]["url"]
    scene.world.clock.advance(minutes=1)
    scene.suspend()
    if when == "prepared after":
        scene.exports.work()

    answer = scene.api("GET", f"/v1/exports/{asked['export_id']}")

    if when == "prepared after" and body["kind"] == "evidence":
        assert answer.json_body["problem"]["code"] == "reading_suspended"
    else:
        assert (answer.status_code, answer.json_body["code"]) == (409, "export_outdated")
        assert scene.holder.get(f"/descargas/{asked['export_id']}/archivo").status_code == 409


def test_its_sender_still_reads_what_it_sent_and_is_told_that_it_is_suspended(scene: Scene) -> None:
    scene.suspend()

    whole = scene.world.get(f"/v1/deposits/{scene.notice_id}").json_body
    status = scene.world.get(f"/v1/deposits/{scene.notice_id}/status").json_body

    assert whole["document"]["number"] == "000079-2026"
    assert status["reading_suspended"]["cause"] == "wrong_recipient"
    assert [step["step"] for step in status["timeline"]].count("suspended") == 1
    assert status["advice"] is None


def test_nothing_is_deleted_and_its_dates_stay(scene: Scene) -> None:
    before = notice_store(scene.world.container).get(scene.notice_id)
    scene.suspend()

    found = reading_store(scene.world.container).find(scene.notice_id).delivered

    assert notice_store(scene.world.container).get(scene.notice_id) == before
    assert found is not None
    assert found.issued == before
    assert (found.notice.deadline, found.notice.files) == (before.deadline, ())


def test_who_holds_the_receipt_verifies_it_and_is_told(scene: Scene) -> None:
    code = notice_store(scene.world.container).get(scene.notice_id).verification_code
    stranger = Browser(scene.staff.people)
    before = text_of(stranger.get(f"/verificar/{code}"))
    scene.suspend()

    html = text_of(stranger.get(f"/verificar/{code}"))

    check_html(html)
    assert "Lectura suspendida." not in before
    assert "Lectura suspendida." in html
    assert "000079-2026" in html


def test_the_platform_sees_it_listed_without_what_it_says(scene: Scene) -> None:
    administrator = scene.staff.browser(scene.staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    assert "Ninguna entidad suspendió" in text_of(administrator.get("/plataforma/suspensiones"))
    scene.open()
    scene.suspend()

    with ledger() as book:
        html = text_of(administrator.get("/plataforma/suspensiones"))

    check_html(html)
    for told in (scene.notice_id, REASON, scene.asker.name, scene.second.name, "ya abierta"):
        assert told in html
    assert is_told_nothing(html)
    assert "Scan" not in book.operations
    assert book.operations.count("Query") == 1
    assert scene.first_browser.get("/plataforma/suspensiones").status_code == 403


def test_a_reader_who_holds_the_page_open_is_refused_at_the_next_request(scene: Scene) -> None:
    scene.open()
    assert scene.holder.get(f"{scene.at_holder}/documentos/original").headers["Location"].startswith("https://")
    scene.suspend()

    assert scene.holder.get(f"{scene.at_holder}/documentos/original").headers["Location"] == scene.at_holder
    assert "Ya no se puede abrir" in text_of(scene.holder.get(scene.at_holder))


def test_what_each_costs_is_what_the_architecture_says(scene: Scene) -> None:
    costs = {}
    csrf = csrf_of(scene.first_browser.get("/entidad"))
    asked = {"csrf": csrf, "deed": "pedir", "cause": "wrong_recipient", "reason": REASON}
    confirmed = {"csrf": csrf_of(scene.second_browser.get("/entidad")), "deed": "confirmar"}
    acts: dict[str, Callable[[], HTTPResponse]] = {
        "opening": lambda: scene.api("POST", f"/v1/notices/{scene.notice_id}/opening"),
        "page": lambda: scene.second_browser.get(scene.address),
        "ask": lambda: scene.first_browser.send(scene.address, **asked),
        "confirm": lambda: scene.second_browser.send(scene.address, **confirmed),
        "list": lambda: scene.holder.get("/casilla"),
        "suspended": lambda: scene.holder.get(scene.at_holder),
    }
    for name, act in acts.items():
        with ledger() as book:
            assert act().status_code in {200, 201, 303}
        costs[name] = (book.hops, len(book.operations))

    assert costs == {
        "opening": (2, 3),
        "page": (2, 2),
        "ask": (6, 6),
        "confirm": (5, 5),
        "list": (2, 3),
        "suspended": (2, 2),
    }


def test_reminders_stop_and_what_waits_is_marked(scene: Scene) -> None:
    assert NoticeItem.get(scene.notice_id).remind_at is not None
    scene.suspend()

    batch = alert_batch_store(scene.world.container).find(scene.notice_id)

    assert NoticeItem.get(scene.notice_id).remind_at is None
    assert batch is not None
    assert batch.following.suspended_at is not None
    assert {one.state for one in batch.alerts} == {AlertState.WAITING}
    assert {one.purpose for one in batch.alerts} == {AlertPurpose.DEPOSIT}
    assert batch.failed_since is None


def test_two_of_one_world_do_not_meet(scene: Scene, world: World) -> None:
    other = str(world.deposit(a_body(), key="clave-2").json_body["notice_id"])
    scene.suspend()

    assert "Lectura suspendida" not in text_of(scene.holder.get(f"/casilla/{other}"))


def test_its_institution_sees_it_in_what_it_sent_with_all_that_it_said(scene: Scene) -> None:
    own = f"/entidad/enviadas/{scene.notice_id}"
    assert "Suspender lectura" in text_of(scene.second_browser.get(own))
    scene.ask()
    asked = text_of(scene.second_browser.get(own))
    assert f"{scene.asker.name} pidió suspender su lectura" in asked
    scene.confirm()

    html = text_of(scene.second_browser.get(own))

    check_html(asked)
    check_html(html)
    assert "<strong>Lectura suspendida</strong> desde el" in html
    assert "Fechas vigentes" in asked
    assert "Fechas, como se emitieron" in html
    assert "Fechas vigentes" not in html
    assert "carta-000079-2026.pdf" in html
    assert "Ver la suspensión" in html
    month = "/entidad/enviadas?mes=2026-03"
    assert "Lectura suspendida" in text_of(scene.second_browser.get(month))
    assert scene.notice_id in text_of(scene.second_browser.get(f"{month}&estado=lectura-suspendida"))
    assert scene.notice_id not in text_of(scene.second_browser.get(f"{month}&estado=depositada"))
    assert own in text_of(scene.second_browser.get(scene.address))


def test_a_suspended_notice_is_done_again_with_what_it_said(scene: Scene) -> None:
    scene.suspend()
    shown = scene.first_browser.get(f"/entidad/redactar?reemplaza={scene.notice_id}")
    begun = scene.first_browser.post("/entidad/redactar", None, csrf=csrf_of(shown), reemplaza=scene.notice_id)

    draft = text_of(scene.first_browser.get(str(begun.headers["Location"]).rpartition("/")[0]))

    assert "CARTA 000079-2026" in text_of(shown)
    assert "Respuesta a su solicitud" in draft
    assert f"La notificación N.º {scene.notice_id}" in draft


@pytest.mark.parametrize("lost", ["before it was written", "after it was written"])
@pytest.mark.parametrize("deed", ["ask", "withdraw", "confirm"])
def test_an_answer_that_was_lost_is_found_out_and_done_once(scene: Scene, deed: str, lost: str) -> None:
    acts = {
        "ask": scene.ask,
        "withdraw": lambda: scene.act("retirar", scene.first_browser),
        "confirm": scene.confirm,
    }
    if deed != "ask":
        scene.ask()
    events = connection(scene.world.container).client.meta.events
    name = "before-call" if lost.startswith("before") else "after-call"
    done: list[bool] = []

    def lose(**_: Any) -> None:
        if not done:
            done.append(True)
            raise ReadTimeoutError(endpoint_url="https://dynamodb.example")

    events.register(f"{name}.dynamodb.TransactWriteItems", lose)
    try:
        answer = acts[deed]()
    finally:
        events.unregister(f"{name}.dynamodb.TransactWriteItems", lose)

    assert done
    assert "?hecho=" in answer.headers["Location"]
    kind = {"ask": "SUSPENSION_ASKED", "withdraw": "SUSPENSION_WITHDRAWN", "confirm": "READING_SUSPENDED"}[deed]
    assert scene.log().count(EventType[kind]) == 1


def _asked_list(browser: Browser) -> str:
    page = text_of(browser.get("/entidad/suspensiones"))
    check_html(page)
    return page


def test_what_waits_for_a_second_person_is_on_a_list_until_it_is_done_or_withdrawn(scene: Scene) -> None:
    assert "Nadie de tu entidad pidió" in _asked_list(scene.second_browser)
    scene.ask()
    for browser, told in ((scene.first_browser, "La pediste tú"), (scene.second_browser, "Se puede confirmar hasta")):
        page = _asked_list(browser)
        assert told in page
        assert f'href="{scene.address}"' in page
        assert REASON in page
    scene.act("retirar", scene.first_browser)
    assert scene.notice_id not in _asked_list(scene.second_browser)
    scene.suspend()
    assert scene.notice_id not in _asked_list(scene.second_browser)


def test_a_request_that_lapsed_stays_listed_and_is_followed_by_the_next_one_alone(scene: Scene) -> None:
    scene.ask()
    scene.world.clock.advance(seconds=24 * 3600)
    for member in (scene.asker, scene.second):
        page = _asked_list(scene.staff.browser(member))
        assert "Venció sin confirmarse" in page
    again = scene.staff.browser(scene.second)
    scene.ask(again)
    assert _asked_list(again).count(f'href="{scene.address}"') == 1
    assert "Venció sin confirmarse" not in _asked_list(again)


def test_requests_of_other_institutions_and_offices_are_not_listed(scene: Scene) -> None:
    scene.ask()
    of_an_office = scene.staff.member(permissions=(Permission.DEPOSIT,), office_id="otra-oficina")
    assert scene.notice_id not in _asked_list(scene.staff.browser(of_an_office))
