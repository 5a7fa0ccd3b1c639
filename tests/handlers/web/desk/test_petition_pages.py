"""Changes of mailboxes asked for on paper: one officer takes one, another one has it made, and all are told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.desk import petition_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.desk.petition import Petition, PetitionState
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import Permission
from chalicelib.domain.mailbox import Mailbox, MailboxState, UserState
from chalicelib.services.desk.petitions import approve_petition, refuse_petition
from tests.access_world import at_once
from tests.browser_requests import Browser, check_html, text_of
from tests.company_world import COMPANY, OTHER_NUMBER, seed_company
from tests.deposit_world import INSTITUTION_ID, a_body, an_institution, put_institution
from tests.desk_world import COPY, DeskScene
from tests.person_world import NEW as NEW_PASSWORD
from tests.person_world import PASSWORD
from tests.staff_world import csrf_of

LIST, NEW = "/entidad/casillas", "/entidad/casillas/nuevo"
PERSON = {
    "person_type": "DNI",
    "person_number": "40000044",
    "person_name": "Nora Nueva Ejemplo",
    "person_email": "nora@ejemplo.pe",
    "person_mobile": "987 000 044",
    "page": "11012345",
    "entry": "C00099",
}


class Papers:
    """Who takes papers and who looks at them, and a company's mailbox with three users."""

    def __init__(self, scene: DeskScene) -> None:
        self.scene, self.staff, self.world = scene, scene.staff, scene.world
        may = (Permission.REGISTER,)
        self.first, self.second = self.staff.member(permissions=may), self.staff.member(permissions=may)
        seed_company(scene.tools.access, self.world.container)

    @property
    def tools(self) -> Any:
        return petition_tools(self.world.container)

    @property
    def mailbox(self) -> Mailbox:
        found = mailbox_store(self.world.container).find(COMPANY)
        assert found is not None
        return found

    def ask(
        self, change: str, browser: Browser | None = None, *, filename: str = "papel.pdf", **typed: Any
    ) -> HTTPResponse:
        self.world.clock.advance(seconds=1)
        who = browser or self.staff.browser(self.first)
        page = who.get(f"{NEW}?cambio={change}")
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text_of(page)))
        cause = "left" if change == "principal" else "request"
        given = {"document_type": "RUC", "document_number": "20100000009", "cause": cause}
        return who.post_file(NEW, filename, COPY, None, **{**hidden, **given, **typed})

    def asked(self, change: str, **typed: Any) -> str:
        return str(self.ask(change, **typed).headers["Location"]).rpartition("numero=")[2]

    def decide(self, number: str, deed: str = "aprobar", who: Any = None, **typed: str) -> HTTPResponse:
        self.world.clock.advance(seconds=1)
        browser, address = self.staff.browser(who or self.second), f"{LIST}/{number}"
        return browser.post(address, None, csrf=csrf_of(browser.get("/entidad/clave")), deed=deed, **typed)

    def found(self, number: str) -> Petition:
        found = self.tools.petitions.find(INSTITUTION_ID, number)
        assert found is not None
        return found  # type: ignore[no-any-return]

    def wait_a_day(self) -> None:
        self.world.clock.advance(days=1)

    def log(self) -> list[EventType]:
        return [one.type for one in event_store(self.world.container).list_for_subject(f"mailbox#{COMPANY}")]


@pytest.fixture
def papers(scene: DeskScene) -> Papers:
    return Papers(scene)


def test_a_company_whose_principal_died_gets_a_new_one_who_activates_the_access(papers: Papers) -> None:
    former = papers.mailbox.principal
    number = papers.asked("principal", cause="death", **PERSON)
    assert papers.mailbox.principal == former
    told = papers.staff.people.mails()
    assert {to for to, _ in told} == {user.email for user in papers.mailbox.users}
    other = papers.staff.browser(papers.second)
    listed = text_of(other.get(LIST))
    check_html(listed)
    assert "20100000009" not in listed
    shown = text_of(other.get(f"{LIST}/{number}"))
    check_html(shown)
    assert "Nora Nueva Ejemplo" in shown
    assert "Se puede aprobar desde el" in shown
    assert "Aprobar y hacer" not in shown
    assert papers.decide(number).status_code == 409
    assert papers.mailbox.principal == former
    papers.wait_a_day()

    assert papers.decide(number).headers["Location"].endswith("hecho=hecho")

    principal = papers.mailbox.principal
    assert (principal.name, principal.state) == ("Nora Nueva Ejemplo", UserState.PENDING)
    assert papers.mailbox.user(former.user_id) is None
    assert papers.mailbox.power is not None
    assert papers.mailbox.power.entry == "C00099"
    mails = papers.staff.people.mails()[len(told) :]
    link = next(re.findall(r"https?://[^/\s]+(/activar/\S+)", text)[0] for to, text in mails if to == "nora@ejemplo.pe")
    visitor = Browser(papers.staff.people)
    visitor.submit(
        visitor.get(link), link, new_password="Lampara-rio-verde-9", new_password_repeated="Lampara-rio-verde-9"
    )
    assert papers.mailbox.principal.state is UserState.ACTIVE
    [changed] = [
        one
        for one in event_store(papers.world.container).list_for_subject(f"mailbox#{COMPANY}")
        if one.type is EventType.PRINCIPAL_CHANGED
    ]
    assert changed.actor == papers.second.actor
    assert (changed.data["institution_id"], changed.data["cause"]) == (INSTITUTION_ID, "death")
    assert "Hecho" in text_of(papers.staff.browser(papers.first).get(LIST))


def test_a_user_is_disabled_and_enabled_on_request(papers: Papers) -> None:
    user = next(one for one in papers.mailbox.users if one.document_number == OTHER_NUMBER)
    person = Browser(papers.staff.people)
    assert person.log_in(f"{COMPANY}.{OTHER_NUMBER}", PASSWORD).status_code == 303
    assert person.get("/casilla").status_code == 200

    papers.decide(papers.asked("disable", own_number=OTHER_NUMBER))

    after = papers.mailbox.user(user.user_id)
    assert after is not None
    assert after.state is UserState.DISABLED
    assert person.get("/casilla").status_code == 303
    assert any(to == user.email and "deshabilit" in text for to, text in papers.staff.people.mails())
    papers.decide(papers.asked("enable", own_number=OTHER_NUMBER))
    after = papers.mailbox.user(user.user_id)
    assert after is not None
    assert after.state is UserState.ACTIVE
    assert papers.log().count(EventType.PETITION_DONE) == 2


def test_a_closed_mailbox_answers_who_still_writes_to_it(papers: Papers) -> None:
    number = papers.asked("close", cause="dissolution")
    assert papers.decide(number).status_code == 409
    papers.wait_a_day()
    assert papers.decide(number).headers["Location"].endswith("hecho=hecho")
    papers.world.clock.advance(minutes=5)

    answer = papers.world.deposit(
        a_body(recipient={"document_type": "RUC", "document_number": "20100000009"}), key="despues"
    )

    assert (answer.status_code, answer.json_body["code"]) == (409, "mailbox_disabled")
    assert papers.mailbox.state is MailboxState.DISABLED
    assert EventType.MAILBOX_CLOSED in papers.log()
    closed = [text for _, text in papers.staff.people.mails() if "está cerrada" in text or "deshabilitada" in text]
    assert len(closed) == 3
    again = papers.asked("close", cause="request")
    papers.wait_a_day()
    assert papers.decide(again).headers["Location"].endswith("hecho=hecho")


def test_who_took_it_never_decides_and_another_institution_sees_nothing(papers: Papers) -> None:
    number = papers.asked("close")
    for deed in ("aprobar", "rechazar"):
        refused = papers.decide(number, deed, papers.first, refusal="differs")
        assert refused.status_code == 403
    put_institution(papers.world.container, an_institution(institution_id="otra-entidad"))
    stranger = papers.staff.member(institution_id="otra-entidad", permissions=(Permission.REGISTER,))
    theirs = papers.staff.browser(stranger)
    assert theirs.get(f"{LIST}/{number}").status_code == 404
    assert theirs.get(f"{LIST}/{number}/documento").status_code == 404
    assert number not in text_of(theirs.get(LIST))
    assert papers.decide(number, who=stranger).status_code == 404
    new = papers.staff.member(permissions=(Permission.REGISTER,), enrolled_at=papers.world.clock.now)
    assert papers.decide(number, who=new).status_code == 403
    assert papers.mailbox.state is MailboxState.OPEN
    assert papers.found(number).state is PetitionState.OPEN


def test_of_eight_who_decide_at_once_one_does(papers: Papers) -> None:
    number, by = papers.asked("disable", own_number=OTHER_NUMBER), papers.scene.at_desk(papers.second)

    def decide(index: int) -> object:
        if index % 2:
            return approve_petition(number, by, tools=papers.tools)
        refuse_petition(number, "differs", by, tools=papers.tools)
        return None

    outcomes = at_once(8, decide)

    decided = [one for one in papers.log() if one in {EventType.PETITION_APPROVED, EventType.PETITION_REFUSED}]
    assert len(decided) == 1
    refused = [one.code for one in outcomes if isinstance(one, CasillaError)]
    assert set(refused) == {"petition_decided"}
    assert papers.log().count(EventType.USER_DISABLED) == (decided == [EventType.PETITION_APPROVED])


def test_the_same_form_twice_is_one(papers: Papers) -> None:
    number = papers.asked("close")
    mails = len(papers.staff.people.mails())

    assert papers.asked("close", form_id=number) == number

    assert len(papers.staff.people.mails()) == mails
    assert len(papers.tools.petitions.list_waiting(INSTITUTION_ID, limit=9)) == 1


def test_one_filled_in_anew_after_going_back_is_not_lost_in_the_one_before(papers: Papers) -> None:
    number = papers.asked("close")

    answer = papers.ask("close", form_id=number, cause="dissolution")

    assert answer.status_code == 409
    assert f"ya se registró el pedido {number}, con otros datos" in text_of(answer)
    assert f'value="{number}"' not in text_of(answer)
    assert len(papers.tools.petitions.list_waiting(INSTITUTION_ID, limit=9)) == 1


def test_what_cannot_be_made_as_the_mailbox_is_waits_again_and_says_why(papers: Papers) -> None:
    number = papers.asked("principal", **{**PERSON, "person_email": papers.mailbox.users[1].email})
    papers.wait_a_day()

    answer = papers.decide(number)

    assert answer.status_code == 422
    assert "correo" in text_of(answer)
    assert papers.found(number).state is PetitionState.OPEN
    assert papers.log()[-1] is EventType.PETITION_PUT_BACK or EventType.PETITION_PUT_BACK in papers.log()
    assert papers.decide(number, "rechazar").status_code == 422
    assert papers.decide(number, "rechazar", refusal="differs").headers["Location"].endswith("hecho=rechazado")
    assert papers.decide(number).status_code == 409


@pytest.mark.parametrize(
    ("change", "typed", "words"),
    [
        ("close", {"document_number": "20100000017"}, "No hay una casilla"),
        ("disable", {"own_number": "40999999"}, "No hay una casilla"),
        ("disable", {"own_number": "40000011"}, "usuario principal"),
        ("close", {"cause": "left"}, "Elige por qué se pide"),
        ("principal", {**PERSON, "page": ""}, "partida y el asiento"),
        ("principal", {**PERSON, "person_number": "1"}, "8 dígitos"),
        ("principal", {**PERSON, "person_name": "", "person_email": "x"}, "nombre"),
        ("principal", {**PERSON, "document_type": "DNI", "document_number": "40000002"}, "es de una persona"),
        ("close", {"filename": "f.exe"}, "tiene que ser un PDF"),
        ("close", {"form_id": "x"}, "código no es correcto"),
    ],
)
def test_bad_input_begins_nothing(papers: Papers, change: str, typed: dict[str, Any], words: str) -> None:
    answer = papers.ask(change, **typed)

    html = text_of(answer)
    check_html(html)
    assert words in html, re.findall(r"Error: </span>([^<]*)<", html)
    assert papers.tools.petitions.list_waiting(INSTITUTION_ID, limit=9) == ()


@pytest.mark.parametrize(
    ("change", "cause", "password"), [("thaw_undone", "not_theirs", ""), ("thaw_kept", "mistaken", NEW_PASSWORD)]
)
def test_a_frozen_mailbox_is_thawed_by_two_officers(papers: Papers, change: str, cause: str, password: str) -> None:
    people = papers.staff.people
    person, stranger = Browser(people), Browser(people)
    person.enter()
    changed = {"new_password": NEW_PASSWORD, "new_password_repeated": NEW_PASSWORD}
    person.post("/clave", None, csrf=person.csrf(), old_password=PASSWORD, **changed)
    page = f"/no-fui-yo/{people.contest_sent()}"
    stranger.submit(stranger.get(page), page)
    assert people.mailbox().state is MailboxState.FROZEN
    typed: dict[str, Any] = {"document_type": "DNI", "document_number": "40000002", "cause": cause}
    number = papers.asked(change, **typed)
    shown = text_of(papers.staff.browser(papers.second).get(f"{LIST}/{number}"))
    check_html(shown)
    assert "Otra contraseña" in shown
    assert papers.decide(number).status_code == 409  # within two minutes an opening may still be on its way
    assert papers.found(number).state is PetitionState.OPEN
    papers.world.clock.advance(minutes=3)
    if change == "thaw_kept":
        assert "Se puede aprobar desde el" in text_of(papers.staff.browser(papers.second).get(f"{LIST}/{number}"))
        papers.wait_a_day()

    assert papers.decide(number).headers["Location"].endswith("hecho=hecho")

    assert people.mailbox().state is MailboxState.OPEN
    assert ("/recuperar/" in people.mails()[-1][1]) is (not password)
    if password:
        assert person.log_in(password=password).status_code == 303
    again = papers.ask(change, **typed)
    assert again.status_code == 409
    assert "no está congelada" in text_of(again)


def test_a_change_that_there_is_none_of_leads_to_the_list(papers: Papers) -> None:
    browser = papers.staff.browser(papers.first)
    assert browser.get(f"{NEW}?cambio=otro").headers["Location"] == LIST
