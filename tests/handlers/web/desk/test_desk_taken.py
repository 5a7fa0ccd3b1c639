"""What a desk took and nobody proved: listed, sent again, ended, registered anew, and told of once its time is over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.registration import registration_store, registration_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import Permission
from chalicelib.domain.registration.registration import (
    LIFETIME,
    MAX_MAILS,
    Registration,
    RegistrationState,
    postponed,
)
from chalicelib.domain.registration.taken import MOST_MISTYPED, TOLD_FOR, TakenEnd, signer_number
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.services.desk.review_registrations import TakenForm, take_form
from chalicelib.services.desk.taken_registrations import end_at_desk
from chalicelib.services.registration.clean_registrations import clean_registrations
from chalicelib.services.registration.mail_link import verify_by_mail_link
from chalicelib.store import tables
from chalicelib.store.desk import taken_store
from tests.access_world import at_once
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import an_institution, put_institution
from tests.desk_world import DeskScene
from tests.handlers.web.desk.test_desk_registration import (
    LIST,
    OTHERS,
    PASSPORT,
    Register,
    of_a_passport,
)
from tests.handlers.web.registration.test_registration_pages import (  # noqa: F401 - fixtures
    COMPANY,
    Applicant,
    a_person_form,
    applicant,
    simulator,
)
from tests.staff_world import Staff, csrf_of

WRONG, RIGHT = "rosaa@ejemplo.pe", "rosa@ejemplo.pe"
AWAITED, LAPSED = "Esperan que la persona confirme su correo", "Se vencieron sin confirmar el correo"


class Desk(Register):
    """The officers, with what they took and did not see proved."""

    def take(self, **typed: str) -> Registration:
        """Register somebody, and return what it began."""
        before = {one.key for one in self.all()}
        answer = self.register(of_a_passport(**{"email": WRONG, "email_again": WRONG, **typed}))
        assert answer.status_code == 303, text_of(answer)
        [taken] = [one for one in self.all() if one.key not in before]
        return taken

    def correct(self, **typed: str) -> Registration:
        return self.take(email=RIGHT, email_again=RIGHT, **typed)

    def all(self) -> list[Registration]:
        store = registration_store(self.world.container)
        found = [store.find(item.registration_key) for item in tables.RegistrationItem.scan()]
        return [one for one in found if one is not None]

    def again(self, one: Registration) -> Registration:
        found = registration_store(self.world.container).find(one.key)
        assert found is not None
        return found

    def listed(self, who: Any = None) -> str:
        html = text_of(self.staff.browser(who or self.second).get(LIST))
        check_html(html)
        return html

    def do(self, one: Registration, deed: str, who: Any = None, **typed: str) -> HTTPResponse:
        browser = self.staff.browser(who or self.second)
        address = f"{LIST}/{one.key}"
        return browser.post(address, None, csrf=csrf_of(browser.get("/entidad/clave")), deed=deed, **typed)

    def press(self, link: str, number: str = "ab-123456") -> HTTPResponse:
        return Browser(self.staff.people).post(link, None, number=number)

    def log(self, one: Registration) -> list[Event]:
        return list(event_store(self.world.container).list_for_subject(f"registration#{one.key}"))

    def clean(self) -> Any:
        box = self.world.container
        now = self.world.clock.now
        return clean_registrations(
            registrations=registration_store(box), files=files(box), now=lambda: now, until=now + timedelta(minutes=5)
        )


@pytest.fixture
def desk(applicant: Applicant) -> Desk:  # noqa: F811 - the fixture
    return Desk(DeskScene(Staff(applicant.people.world)))


def part(html: str, heading: str) -> str:
    """Return what stands under a heading of the page."""
    return html.partition(f"<h2>{heading}</h2>")[2].partition("<h2>")[0]


def test_what_a_desk_took_is_listed_masked_until_it_is_proved(desk: Desk) -> None:
    assert "Ninguna espera que confirmen" in desk.listed()
    one = desk.take()

    html = part(desk.listed(), AWAITED)

    assert one.reference in html
    assert "r***@ejemplo.pe" in html
    assert desk.first.name in html
    assert "quedan 7 días" in html
    assert not any(secret in html for secret in (WRONG, "AB123456", "Anna", "No salió", "por vencer"))
    assert one.reference in part(desk.listed(desk.first), AWAITED)
    desk.press(desk.link())
    assert one.reference not in part(desk.listed(), AWAITED)
    assert one.reference in part(desk.listed(), "Esperan una revisión")


def test_another_institution_and_another_office_see_and_do_nothing(desk: Desk) -> None:
    one = desk.take()
    put_institution(desk.world.container, an_institution(institution_id="otra-entidad"))
    may = (Permission.REGISTER,)
    elsewhere = desk.staff.member(permissions=may, institution_id="otra-entidad")
    limited = desk.staff.member(permissions=may, office_id="oficina-norte")

    for who in (elsewhere, limited):
        assert one.reference not in desk.listed(who)
        assert desk.staff.browser(who).get(f"{LIST}/{one.key}").status_code == 404
        for deed in ("reenviar", "anular"):
            assert desk.do(one, deed, who, why="email_wrong").status_code == 404
    assert desk.again(one).version == one.version

    desk.browser = desk.staff.browser(limited)
    own = desk.take(number="XY999999")
    assert own.reference in part(desk.listed(limited), AWAITED)
    assert own.reference in part(desk.listed(), AWAITED), "who is not limited sees all of the institution"


def test_an_office_finds_its_own_behind_many_of_others_and_is_told_that_there_are_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = desk.staff.member(permissions=(Permission.REGISTER,), office_id="oficina-norte")
    desk.browser = desk.staff.browser(limited)
    own = desk.take()
    assert own.desk is not None
    assert own.expires_at is not None
    for number in range(60):
        earlier = own.expires_at - timedelta(minutes=number + 1)
        registration_store(desk.world.container).add(
            replace(own, key=f"{number:064x}", desk=replace(own.desk, office_id=None), expires_at=earlier)
        )

    assert own.reference in part(desk.listed(limited), AWAITED)
    assert "Hay más" in part(desk.listed(), AWAITED)
    monkeypatch.setattr(taken_store, "_LOOKED_THROUGH", 1)
    html = part(desk.listed(limited), AWAITED)
    assert own.reference not in html
    assert "Hay más" in html


def test_that_the_e_mail_did_not_go_out_is_listed_and_it_is_sent_again(desk: Desk, moto_engine: Engine) -> None:
    ses, sender = moto_engine.client("ses"), desk.world.container.config.mail_from
    ses.delete_identity(Identity=sender)
    assert desk.register(of_a_passport()).status_code == 503
    one = desk.stored()
    assert "No salió: envíalo otra vez" in part(desk.listed(), AWAITED)
    failed = desk.do(one, "reenviar")
    assert failed.status_code == 503
    ses.verify_email_identity(EmailAddress=sender)
    desk.world.clock.advance(minutes=1)

    assert str(desk.do(one, "reenviar").headers["Location"]).endswith("hecho=reenviada")

    assert "No salió" not in desk.listed()
    assert len(desk.staff.people.mails()) == 1
    desk.press(desk.link())
    assert desk.again(one).state is RegistrationState.AWAITING_REVIEW


def test_an_e_mail_is_sent_again_once_a_minute_and_so_often_as_its_owner_could(desk: Desk) -> None:
    one = desk.take()
    assert desk.do(one, "reenviar").status_code == 429
    for _ in range(MAX_MAILS - 1):
        desk.world.clock.advance(minutes=1)
        assert desk.do(one, "reenviar").status_code == 303
    desk.world.clock.advance(minutes=1)
    shown = text_of(desk.staff.browser(desk.second).get(f"{LIST}/{one.key}"))
    assert 'value="reenviar"' not in shown
    assert "Ya se enviaron todos" in shown
    refused = desk.do(one, "reenviar")

    assert refused.status_code == 429
    assert len(desk.staff.people.mails()) == MAX_MAILS
    sent = [event for event in desk.log(one) if event.type is EventType.REGISTRATION_SENT_AGAIN]
    assert {event.actor for event in sent} == {desk.second.actor}
    assert {event.data["institution_id"] for event in sent} == {"entidad-demo"}


def test_it_waits_until_the_last_second_of_seven_days_and_is_told_of_for_thirty_days_more(desk: Desk) -> None:
    one = desk.take()
    link = desk.link()
    assert one.expires_at is not None
    assert one.expires_at - one.started_at == LIFETIME
    clock = desk.world.clock
    clock.now = one.expires_at - timedelta(days=2, seconds=1)
    assert "por vencer" not in desk.listed()
    clock.now = one.expires_at - timedelta(days=2)
    assert "<strong>1 por vencer</strong>" in desk.listed()
    clock.now = one.expires_at
    assert one.reference in part(desk.listed(), AWAITED)

    clock.now = one.expires_at + timedelta(microseconds=1)
    html = desk.listed()
    assert one.reference not in part(html, AWAITED)
    assert one.reference in part(html, LAPSED)
    assert "hay que registrarla otra vez" in html
    assert Browser(desk.staff.people).get(link).status_code == 404
    for deed in ("reenviar", "anular"):
        assert desk.do(one, deed, why="email_wrong").status_code == 409
    shown = text_of(desk.staff.browser(desk.second).get(f"{LIST}/{one.key}"))
    check_html(shown)
    assert "Se venció" in shown

    clock.now += timedelta(days=1)
    assert desk.clean().forgotten == 1
    html = part(desk.listed(), LAPSED)
    assert one.reference in html
    assert "*** 456" in html
    assert desk.staff.browser(desk.second).get(f"{LIST}/{one.key}/documento").status_code == 404
    assert text_of(desk.staff.browser(desk.second).get(f"{LIST}/{one.key}")).count("Se venció") == 1
    clock.now = one.expires_at + TOLD_FOR + timedelta(seconds=1)
    assert one.reference not in desk.listed()


def test_one_that_ended_unproved_leaves_the_list_when_its_holder_is_registered_anew(desk: Desk) -> None:
    one = desk.take()
    desk.world.clock.advance(days=9)
    desk.clean()
    assert one.reference in part(desk.listed(), LAPSED)

    desk.browser = desk.staff.browser(desk.first)
    new = desk.correct()

    html = desk.listed()
    assert one.reference not in html
    assert new.reference in part(html, AWAITED)


def test_a_holder_registered_anew_ends_the_first_whose_link_then_opens_and_tells_nothing(desk: Desk) -> None:
    first = desk.take()
    stranger = desk.link()
    assert "AB123456" not in text_of(Browser(desk.staff.people).get(stranger))
    checked = desk.fill(of_a_passport())
    assert first.reference in text_of(checked)
    assert "la anterior se anula" in text_of(checked)

    answer = desk.send(checked)

    assert "hecho=corregida" in str(answer.headers["Location"])
    ended = desk.again(first)
    assert (ended.state, ended.refusal) == (RegistrationState.REFUSED, "replaced")
    for answered in (
        Browser(desk.staff.people).get(stranger),
        desk.press(stranger),
        desk.press(f"{stranger}/reenviar"),
    ):
        html = text_of(answered)
        assert answered.status_code == 404
        assert not any(known in html for known in ("456", "PASAPORTE", "Anna", "***", first.reference))
    [event] = [one for one in desk.log(first) if one.type is EventType.REGISTRATION_ENDED]
    assert (event.actor, event.data["because"]) == (desk.first.actor, "replaced")
    assert not any(secret in str(event.data) for secret in ("AB123456", "@", "Anna"))
    to, _ = desk.staff.people.mails()[-1]
    assert to == RIGHT
    assert first.reference not in desk.listed()
    desk.press(desk.link())
    [new] = [one for one in desk.all() if one.key != first.key]
    assert new.state is RegistrationState.AWAITING_REVIEW
    desk.do(new, "aprobar")
    opened = mailbox_store(desk.world.container).find(PASSPORT)
    assert opened is not None
    assert [user.email for user in opened.users] == [RIGHT]


def test_whoever_comes_from_another_office_ends_the_first_too(desk: Desk) -> None:
    limited = desk.staff.member(permissions=(Permission.REGISTER,), office_id="oficina-norte")
    first = desk.take()
    desk.browser = desk.staff.browser(limited)

    desk.correct()

    assert desk.again(first).refusal == TakenEnd.REPLACED


def test_what_another_institution_or_the_holder_began_is_left(desk: Desk) -> None:
    first = desk.take()
    assert first.desk is not None
    store = registration_store(desk.world.container)
    elsewhere = replace(first, key=f"{1:064x}", desk=replace(first.desk, institution_id="otra-entidad"))
    on_line = replace(first, key=f"{2:064x}", desk=None)
    store.add(elsewhere)
    store.add(on_line)

    desk.correct()

    assert desk.again(first).state is RegistrationState.REFUSED
    assert {desk.again(one).state for one in (elsewhere, on_line)} == {RegistrationState.AWAITING_CODE}


@pytest.mark.parametrize("why", ["email_wrong", "data_wrong", "withdrawn"])
def test_another_officer_ends_one_with_a_reason_and_nobody_is_written_to(desk: Desk, why: str) -> None:
    one = desk.take()
    link, mails = desk.link(), len(desk.staff.people.mails())
    missing = desk.do(one, "anular")
    assert missing.status_code == 422
    check_html(text_of(missing))
    for bad in ("replaced", "differs", "x"):
        assert desk.do(one, "anular", why=bad).status_code == 422

    assert str(desk.do(one, "anular", why=why).headers["Location"]).endswith("hecho=anulada")

    assert desk.press(link).status_code == 404
    [event] = [found for found in desk.log(one) if found.type is EventType.REGISTRATION_ENDED]
    told = (event.actor, event.data["because"], event.data["reason"], event.data["institution_id"])
    assert told == (desk.second.actor, why, "registration_ended", "entidad-demo")
    assert len(desk.staff.people.mails()) == mails
    assert one.reference not in desk.listed()
    again = desk.do(one, "anular", why=why)
    assert again.status_code == 409
    assert "se anuló" in text_of(again)
    desk.world.clock.advance(days=1)
    desk.clean()
    assert desk.all() == []
    assert desk.tools.files.list_documents("desk/") == ()


@pytest.mark.parametrize("own", [{"email": "rosaa+x@ejemplo.pe"}, {"document_number": "AB123456"}])
def test_nobody_ends_or_sends_again_or_replaces_one_with_the_own_document_or_e_mail(
    desk: Desk, own: dict[str, Any]
) -> None:
    one = desk.take()
    theirs = desk.staff.member(permissions=(Permission.REGISTER,), **own)

    for deed in ("reenviar", "anular"):
        refused = desk.do(one, deed, theirs, why="email_wrong")
        assert refused.status_code == 403
        assert "Tu documento o tu correo" in text_of(refused)
    desk.browser = desk.staff.browser(theirs)
    assert desk.register(of_a_passport()).status_code == 403

    assert desk.again(one).version == one.version
    assert len(desk.all()) == 1


def test_at_a_desk_that_is_not_active_nothing_is_sent_or_ended(desk: Desk) -> None:
    one = desk.take()
    put_institution(desk.world.container, an_institution(state=InstitutionState.INACTIVE))

    for deed in ("reenviar", "anular"):
        assert desk.do(one, deed, why="email_wrong").status_code == 403

    assert desk.again(one).version == one.version


def test_of_eight_who_end_one_at_once_one_does(desk: Desk) -> None:
    one, by = desk.take(), desk.scene.at_desk(desk.second)

    outcomes = at_once(8, lambda _: end_at_desk(one.key, "email_wrong", by, tools=desk.tools))

    refused = [outcome for outcome in outcomes if isinstance(outcome, CasillaError)]
    assert len(refused) == 7
    assert {outcome.code for outcome in refused} <= {
        "registration_not_awaited",
        "registration_changed",
        "store_unavailable",
    }
    assert sum(event.type is EventType.REGISTRATION_ENDED for event in desk.log(one)) == 1


def test_of_a_link_that_is_pressed_while_it_is_ended_one_wins(desk: Desk) -> None:
    one, by = desk.take(), desk.scene.at_desk(desk.second)
    secret = desk.link().rpartition("/")[2]
    tools = registration_tools(desk.world.container)

    def call(index: int) -> object:
        if index % 2:
            return end_at_desk(one.key, "email_wrong", by, tools=desk.tools)
        return verify_by_mail_link(secret, "AB123456", origin="192.0.2.9", tools=tools)

    outcomes = at_once(8, call)

    kinds = {event.type for event in desk.log(one)}
    was_ended = desk.again(one).state is RegistrationState.REFUSED
    assert (EventType.REGISTRATION_ENDED in kinds) is was_ended
    assert (EventType.REGISTRATION_HELD in kinds) is not was_ended
    ends = [outcome for outcome in outcomes[1::2] if not isinstance(outcome, CasillaError)]
    assert len(ends) == was_ended


def a_form(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> TakenForm:
    """Return what the pages give the use case, without registering."""
    kept: list[TakenForm] = []

    def keep(taken: TakenForm, *_: object, **__: object) -> None:
        kept.append(taken)
        raise InvalidInput("kept", "Guardado.")

    with monkeypatch.context() as reading:
        reading.setattr("chalicelib.handlers.web.desk.new_registration.take_form", keep)
        desk.register(of_a_passport())
    return kept[0]


def test_of_eight_officers_at_one_correction_one_registers_and_the_others_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, form, by = desk.take(), a_form(desk, monkeypatch), desk.scene.at_desk(desk.second)
    found = desk.tools.taken.find_of_holder("entidad-demo", first.document, now=desk.world.clock.now)
    monkeypatch.setattr(taken_store.TakenStore, "find_of_holder", lambda *_, **__: found)

    outcomes = at_once(8, lambda index: take_form(replace(form, form_id=f"f{index}"), by, tools=desk.tools))

    won = [outcome for outcome in outcomes if not isinstance(outcome, CasillaError)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, CasillaError)]
    assert len(won) == 1
    assert {outcome.code for outcome in lost} == {"registration_changed"}
    assert [one.state for one in desk.all()].count(RegistrationState.AWAITING_CODE) == 1
    assert desk.again(first).refusal == TakenEnd.REPLACED


def test_a_link_that_is_pressed_before_the_correction_is_written_stands_and_the_officer_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, by = desk.take(), desk.scene.at_desk(desk.second)
    link, form = desk.link(), a_form(desk, monkeypatch)
    find = taken_store.TakenStore.find_of_holder

    def press_after(self: Any, *given: Any, **named: Any) -> Any:
        found = find(self, *given, **named)
        desk.press(link)
        return found

    with monkeypatch.context() as racing:
        racing.setattr(taken_store.TakenStore, "find_of_holder", press_after)
        with pytest.raises(CasillaError, match="registration_changed"):
            take_form(form, by, tools=desk.tools)

    assert [one.state for one in desk.all()] == [RegistrationState.AWAITING_REVIEW]
    assert take_form(form, by, tools=desk.tools).has_ended is False
    assert desk.again(first).state is RegistrationState.AWAITING_REVIEW


def test_one_that_waits_for_a_registry_says_so_and_is_asked_about_no_more_once_ended(desk: Desk) -> None:
    one = desk.take()
    store = registration_store(desk.world.container)
    waiting = store.update(replace(postponed(one, desk.world.clock.now), mails=0, mailed=0))
    html = part(desk.listed(), AWAITED)
    assert "Falta que responda el registro oficial" in html
    shown = text_of(desk.staff.browser(desk.second).get(f"{LIST}/{one.key}"))
    check_html(shown)
    assert 'value="reenviar"' not in shown
    assert desk.do(one, "reenviar").status_code == 409

    assert desk.do(one, "anular", why="withdrawn").status_code == 303

    assert store.list_waiting("reniec", now=desk.world.clock.now + timedelta(days=9)).keys == ()
    assert desk.again(waiting).due_at is None


def test_the_officer_cannot_act_as_the_applicant_by_the_key_that_the_list_shows(desk: Desk) -> None:
    one = desk.take()
    for address in ("/registro/correo/{}", "/verificar-correo/{}", "/v1/registrations/{}"):
        assert desk.browser.get(address.format(one.key)).status_code in {404, 401}
    assert re.search(rf'href="{LIST}/{one.key}"', desk.listed())


def test_who_has_a_misread_address_opens_nothing_even_where_a_registry_confirmed_all(desk: Desk) -> None:
    answer = desk.register(a_person_form(email=WRONG, email_again=WRONG))
    assert answer.status_code == 303
    one, link = desk.stored(), desk.link()
    number = signer_number(one)
    stranger = Browser(desk.staff.people)
    shown = text_of(stranger.get(link))
    check_html(shown)
    assert "Número de tu documento" in shown
    assert not any(known in shown for known in (number[-3:], "Rosa", "*** ***"))

    assert desk.press(link, "").status_code == 422
    for _ in range(MOST_MISTYPED - 1):
        refused = desk.press(link, "12345678")
        assert refused.status_code == 422
        assert "No es el número" in text_of(refused)

    assert desk.again(one).state is RegistrationState.AWAITING_CODE
    assert desk.press(link, f"{number[:4]} {number[4:]}").status_code == 303
    assert desk.again(one).opened_mailbox


def test_of_a_company_its_representative_types_the_own_number(desk: Desk) -> None:
    assert desk.register(COMPANY, person_type="juridica").status_code == 303
    one = desk.stored()
    assert one.company is not None
    assert desk.press(desk.link(), one.company.ruc).status_code == 422

    assert desk.press(desk.link(), signer_number(one)).status_code == 303
    assert desk.again(one).state is not RegistrationState.AWAITING_CODE


def test_a_form_filled_in_anew_after_going_back_registers_anew_and_is_not_taken_for_the_first(desk: Desk) -> None:
    checked = desk.fill(of_a_passport(email=WRONG, email_again=WRONG))
    form_id = re.findall(r'name="form_id" value="(\w+)"', text_of(checked))[0]
    assert desk.send(checked).status_code == 303
    first = desk.stored()
    for anew in (
        {"email": RIGHT, "email_again": RIGHT},
        {"number": "XY999999"},
        {"phone": "987 000 009"},
        {"email": WRONG, "email_again": WRONG, **OTHERS},
    ):
        answer = desk.send(desk.fill(of_a_passport(**{"email": WRONG, "email_again": WRONG, **anew})), form_id=form_id)
        html = text_of(answer)
        check_html(html)
        assert answer.status_code == 409
        assert f"ya se registró el pedido {first.reference}, con otros datos" in html
        assert [one.key for one in desk.all()] == [first.key]
    assert len(desk.staff.people.mails()) == 1

    assert desk.send(desk.fill(of_a_passport(email=WRONG, email_again=WRONG)), form_id=form_id).status_code == 303
    assert [one.key for one in desk.all()] == [first.key], "the very same is the first"
    answer = desk.send(desk.fill(of_a_passport(email=RIGHT, email_again=RIGHT)), form_id=form_id)
    assert desk.send(answer).status_code == 303, "once more, by the page that says so"

    assert len(desk.all()) == 2
    assert desk.again(first).refusal == TakenEnd.REPLACED


def test_nothing_is_kept_of_a_form_that_would_end_one_which_the_officer_may_not_end(desk: Desk) -> None:
    desk.take(**{**OTHERS, "user2_number": desk.second.document_number})
    kept = desk.tools.files.list_documents("desk/")
    desk.browser = desk.staff.browser(desk.second)

    answer = desk.register(of_a_passport(email=RIGHT, email_again=RIGHT))

    assert answer.status_code == 403
    assert desk.tools.files.list_documents("desk/") == kept
    assert len(desk.all()) == 1
