"""Strangers who know a document or an e-mail, or share a network, never keep its owner from registering (ACC-9)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.registration import registration_tools, registry_password
from chalicelib.bootstrap.storage import limit_store
from chalicelib.config import Config, ConfigError
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.limit import Standing
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.registration_policy import (
    PROVEN_PER_DOCUMENT,
    PROVEN_PER_DOCUMENT_AND_INBOX,
    PROVEN_PER_NETWORK,
    UNCHECKED_PER_NETWORK,
    UNPROVEN_PER_DOCUMENT,
    UNPROVEN_PER_NETWORK,
    again_budget,
    first_budget,
)
from chalicelib.handlers.commands import registration
from chalicelib.handlers.fields import Fields
from chalicelib.store import tables
from tests.handlers.api.registration.test_registration import (
    Site,
    _another_name,
    _people,
    _run,
    _seen,
    a_company_form,
    a_form,
    simulator,
    site,
)
from tests.spent import spend as spend_of

__all__ = ["simulator", "site"]
HOME = "203.0.113.9"
"""Where the innocent person sits."""


@dataclass
class Crowd:
    """People and strangers, each behind a network address of their own or a shared one."""

    site: Site

    def begin(
        self, origin: str, form: dict[str, Any] | None = None, *, to: str = "", solves: bool = True
    ) -> tuple[str, str]:
        """Begin a registration, with a captcha solved and to another address if told so; return its id and state."""
        body = {**(form or a_form()), **(of_inbox(to) if to else {})}
        body |= {"captcha": self.site.captcha()} if solves else {}
        started = registration.begin(Fields(body), origin=origin)
        return started.registration_id, started.registration.state.value

    def show(self, registration_id: str, code: str, origin: str = HOME) -> Registration:
        return registration.verify(registration_id, Fields({"code": code}), origin=origin)

    def get_in(self, origin: str = HOME, form: dict[str, Any] | None = None, to: str = "1-99000001") -> None:
        """Walk the way that a person has: the form, a captcha, the code; nothing else."""
        registration_id, _ = self.begin(origin, form)
        assert self.show(registration_id, self.site.code, origin).state == "completed"
        assert account_store(self.site.container).find(to) is not None


@pytest.fixture
def crowd(site: Site) -> Crowd:
    return Crowd(site)


def try_to(act: Callable[..., object], *what: object, **how: object) -> None:
    """Have a stranger do something, whatever comes of it."""
    try:
        act(*what, **how)
    except CasillaError:
        return


def of_inbox(address: str) -> dict[str, str]:
    return {"email": address, "email_again": address}


def test_strangers_who_know_a_document_never_bar_its_owner(crowd: Crowd) -> None:
    for number in range(15):
        false = {**_another_name("99000001"), **of_inbox(f"ajena{number}@ejemplo.pe")}
        try_to(crowd.begin, f"192.0.2.{number}", false)

    crowd.get_in()


def test_strangers_who_type_somebodys_address_never_bar_it_from_another_network(crowd: Crowd) -> None:
    for number in range(15):
        try_to(crowd.begin, f"192.0.{number}.1", a_form("99000003"))

    crowd.get_in()


def test_a_crowd_behind_one_address_never_bars_who_shares_it(crowd: Crowd) -> None:
    for number in range(25):
        try_to(crowd.begin, HOME, a_form("99000404"), to=f"ajena{number}@ejemplo.pe")

    crowd.get_in()


def test_past_ten_of_a_document_the_registry_is_asked_only_after_the_code(crowd: Crowd) -> None:
    spend(crowd.site, UNPROVEN_PER_DOCUMENT.key("DNI", "99000001"), UNPROVEN_PER_DOCUMENT.limit)
    registration_id, state = crowd.begin(HOME)

    assert (state, crowd.site.simulator.asked) == ("awaiting_proof", [])
    assert crowd.site.mails[-1][0] == "rosa@ejemplo.pe"
    assert crowd.show(registration_id, crowd.site.code).state == "completed"
    assert crowd.site.simulator.asked == ["99000001"]
    assert "Contraseña: " in crowd.site.mails[-1][1]
    assert tables.MailboxItem.get("1-99000001").data["holder"]["name"] == "ROSA PRUEBA EJEMPLO"


def test_past_twenty_of_a_network_only_those_behind_it_prove_the_address_first(crowd: Crowd) -> None:
    spend(crowd.site, UNPROVEN_PER_NETWORK.key(HOME + "/32"), UNPROVEN_PER_NETWORK.limit)

    assert crowd.begin(HOME)[1] == "awaiting_proof"
    assert crowd.begin("203.0.113.10")[1] == "awaiting_code"


def test_without_the_code_no_registry_is_asked_and_nothing_opens(crowd: Crowd) -> None:
    registration_id = email_first(crowd)
    answers = [crowd.site.verify(registration_id, "222222").json_body["code"] for _ in range(5)]

    assert answers == ["code_wrong"] * 4 + ["code_unusable"]
    assert crowd.site.simulator.asked == []
    assert list(tables.MailboxItem.scan()) == []


@pytest.mark.parametrize("is_company", [False, True])
def test_what_the_registry_denies_after_the_code_is_told_as_before_it(crowd: Crowd, is_company: bool) -> None:
    wrong = a_company_form(legal_name="Otra S.A.") if is_company else _another_name("99000001")
    before = crowd.site.call("POST", "", wrong)
    registration_id = email_first(crowd, wrong)
    after = crowd.site.verify(registration_id, crowd.site.code)

    assert after.status_code == 422
    assert _seen(after.json_body) == _seen(before.json_body)
    assert crowd.site.call("GET", f"/{registration_id}").json_body["state"] == "refused"
    again = crowd.site.verify(registration_id, crowd.site.code)
    assert (again.status_code, again.json_body["code"]) == (409, "registration_ended")


def test_after_the_code_a_stranger_cannot_tell_whether_the_holder_has_a_mailbox(crowd: Crowd) -> None:
    crowd.get_in(form=a_form("99000003"), to="1-99000003")
    told = []
    for number in ("99000001", "99000003"):
        registration_id = email_first(crowd, a_form(number))
        answer = crowd.site.verify(registration_id, crowd.site.code)
        told.append((answer.status_code, _seen(answer.json_body)))

    assert told[0] == told[1]
    assert "¿Olvidaste tu contraseña?" in crowd.site.mails[-1][1]


def test_one_inbox_asks_three_times_a_day_about_a_document_and_no_one_else_is_held_back(crowd: Crowd) -> None:
    pair = PROVEN_PER_DOCUMENT_AND_INBOX
    spellings = ["Ajena@gmail.com", "a.jena@gmail.com", "ajena+1@gmail.com", "ajena@googlemail.com"]
    for spelling in spellings[: pair.limit]:
        registration_id = email_first(crowd, _another_name("99000001"), to=spelling)
        assert crowd.site.verify(registration_id, crowd.site.code).json_body["code"] == "identity_mismatch"
    crowd.site.simulator.asked.clear()

    registration_id = email_first(crowd, _another_name("99000001"), to=spellings[-1])
    assert crowd.site.verify(registration_id, crowd.site.code).json_body["code"] == "limit_reached"
    assert crowd.site.simulator.asked == []
    crowd.get_in()


def test_past_a_hundred_a_day_of_one_document_its_owner_waits_till_tomorrow_and_gets_in(
    crowd: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    registration_id = email_first(crowd)
    spend(crowd.site, PROVEN_PER_DOCUMENT.key("DNI", "99000001"), PROVEN_PER_DOCUMENT.limit)

    with caplog.at_level(logging.WARNING):
        waiting = crowd.site.verify(registration_id, crowd.site.code)

    assert (waiting.status_code, waiting.json_body["state"]) == (200, "awaiting_registry")
    assert waiting.json_body["continues_at"].startswith("2026-03-10T00:")
    assert "Continuamos a más tardar mañana" in crowd.site.mails[-1][1]
    assert [vars(line)["reason"] for line in caplog.records if line.message == "registration put off"] == ["document"]
    assert _run(crowd.site, "finish_registrations")["confirmed"] == 0
    crowd.site.clock.advance(hours=5)
    assert _run(crowd.site, "finish_registrations")["confirmed"] == 1
    assert crowd.site.call("GET", f"/{registration_id}").json_body["state"] == "completed"
    assert "Contraseña: " in crowd.site.mails[-1][1]


def test_while_the_registry_is_down_what_was_proved_is_kept_and_the_job_opens_the_mailbox(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_people(), "99000001", {**_people()["99000001"], "answer": "down"})
    registration_id = email_first(crowd)
    waiting = crowd.site.verify(registration_id, crowd.site.code)
    again = crowd.site.verify(registration_id, "222222")
    monkeypatch.undo()
    crowd.site.clock.advance(minutes=10)

    assert [answer.json_body["state"] for answer in (waiting, again)] == ["awaiting_registry"] * 2
    assert _run(crowd.site, "finish_registrations")["confirmed"] == 1
    assert crowd.site.call("GET", f"/{registration_id}").json_body["state"] == "completed"
    assert "Contraseña: " in crowd.site.mails[-1][1]


def test_a_proof_is_of_the_address_that_was_proved_and_of_no_later_one(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_people(), "99000001", {**_people()["99000001"], "answer": "down"})
    registration_id = email_first(crowd)
    crowd.site.verify(registration_id, crowd.site.code)
    crowd.site.call("POST", f"/{registration_id}/email", of_inbox("victima@ejemplo.pe"))
    monkeypatch.undo()
    crowd.site.clock.advance(minutes=10)

    assert _run(crowd.site, "finish_registrations")["confirmed"] == 1
    assert crowd.site.call("GET", f"/{registration_id}").json_body["state"] == "awaiting_code"
    assert crowd.site.mails[-1][0] == "victima@ejemplo.pe"
    assert list(tables.MailboxItem.scan()) == []


def test_an_address_in_proof_can_be_changed_and_its_code_sent_again(crowd: Crowd) -> None:
    registration_id = email_first(crowd)
    first = crowd.site.code
    crowd.site.call("POST", f"/{registration_id}/email", of_inbox("otra@ejemplo.pe"))
    second = crowd.site.code
    crowd.site.clock.advance(seconds=61)
    assert crowd.site.call("POST", f"/{registration_id}/codes").status_code == 202

    assert crowd.site.verify(registration_id, first).status_code == 422
    assert crowd.site.simulator.asked == []
    assert crowd.site.code != second
    assert crowd.site.verify(registration_id, second).json_body["state"] == "completed"


def test_an_address_is_not_flooded_and_its_owner_waits_for_nobody(crowd: Crowd) -> None:
    address, others = "rosa@ejemplo.pe", a_form("99000002")
    for _ in range(90):  # minutes in which a stranger types it, with a document of somebody else
        crowd.begin(HOME, others, to=address)
        crowd.site.clock.advance(seconds=61)
    sent, code = len(crowd.site.mails), crowd.site.code

    own, _ = crowd.begin(HOME)

    assert len(crowd.site.mails) == sent == 12 + 2
    assert crowd.show(own, code).state == "completed"


def test_another_spelling_of_an_address_gets_mails_and_codes_of_its_own(crowd: Crowd) -> None:
    for _ in range(20):
        crowd.begin(HOME, a_form("99000002"), to="rosa+otra@ejemplo.pe")
    theirs, sent = crowd.site.code, len(crowd.site.mails)
    own, _ = crowd.begin(HOME)
    assert len(crowd.site.mails) == sent + 1
    with pytest.raises(InvalidInput, match="code_wrong"):
        crowd.show(own, theirs)
    assert crowd.show(own, crowd.site.code).state == "completed"


def test_a_family_that_shares_an_address_registers_at_once_each_with_a_code_and_link(crowd: Crowd) -> None:
    begun = [crowd.begin(HOME, a_form(f"9900000{number}"))[0] for number in (1, 2, 4)]
    codes = [found for _, text in crowd.site.mails for found in re.findall(r"Clave de validación: ([0-9A-Z]{6})", text)]
    assert len(set(codes)) == 3
    for registration_id, code in reversed(list(zip(begun, codes, strict=True))):
        assert crowd.show(registration_id, code).state == "completed"


def test_a_code_counts_once_whichever_registration_it_came_with(crowd: Crowd) -> None:
    first, _ = crowd.begin(HOME)
    code = crowd.site.code
    second, _ = crowd.begin(HOME, a_form("99000002"))
    assert crowd.show(second, code).state == "completed"
    with pytest.raises(InvalidInput, match="code_unusable") as refused:
        crowd.show(first, code)
    assert "Ya se usó en otro registro" in refused.value.detail


def test_pressing_for_another_code_in_a_flood_spends_nothing_and_ends_no_link(crowd: Crowd) -> None:
    for _ in range(12):
        crowd.begin(HOME, a_form("99000002"))
    own, _ = crowd.begin(HOME)
    sent, code = len(crowd.site.mails), crowd.site.code
    for _ in range(8):
        crowd.site.clock.advance(seconds=61)
        assert crowd.site.call("POST", f"/{own}/codes").status_code == 202
    assert len(crowd.site.mails) == sent
    assert crowd.show(own, code).state == "completed"


def test_a_changed_address_counts_like_another_registration(crowd: Crowd) -> None:
    registration_id, _ = crowd.begin(HOME)
    spend_registrations(crowd)
    changed = crowd.site.call("POST", f"/{registration_id}/email", of_inbox("otra@ejemplo.pe"))
    assert (changed.status_code, changed.json_body["code"]) == (429, "budget_spent")


def test_correcting_what_the_registry_denied_is_no_other_registration(crowd: Crowd) -> None:
    wrong = a_form()
    wrong["person"] = {**wrong["person"], "given_names": "Otra"}
    for _ in range(3):
        with pytest.raises(InvalidInput, match="identity_mismatch"):
            crowd.begin(HOME, wrong, solves=False)
    for number in ("99000001", "99000002", "99000004"):
        crowd.begin(HOME, a_form(number), solves=False)
    with pytest.raises(CasillaError, match="captcha_needed"):
        crowd.begin(HOME, a_form("99000005"), solves=False)


def test_who_goes_on_guessing_about_documents_needs_a_captcha_and_then_an_inbox(crowd: Crowd) -> None:
    def guess(number: str, *, solves: bool = False) -> str:
        form = a_form(number)
        form["person"] = {**form["person"], "given_names": "Otra"}
        try:
            return crowd.begin(HOME, form, solves=solves, to=f"r{number}@ejemplo.pe")[1]
        except CasillaError as error:
            return error.code

    numbers = [f"9900000{digit}" for digit in (1, 2, 3, 4, 5)]
    told = [guess(number) for _ in range(3) for number in numbers]
    assert told == ["identity_mismatch"] * 13 + ["captcha_needed"] * 2
    told = [guess(numbers[0], solves=True) for _ in range(10)]
    assert set(told[:7]) == {"identity_mismatch"}
    assert set(told[7:]) == {"awaiting_proof"}


def test_the_sixth_registration_of_a_day_to_an_inbox_needs_a_captcha_from_anywhere(crowd: Crowd) -> None:
    for number in range(5):
        crowd.begin(f"192.0.{number}.1")

    with pytest.raises(CasillaError, match="captcha_needed"):
        crowd.begin(HOME, solves=False)
    crowd.begin(HOME)


def test_fifty_networks_spend_neither_the_day_of_a_fresh_person_nor_what_waits(crowd: Crowd) -> None:
    """Each asks all it may without proof; then proves as many inboxes of its own as it likes."""
    box = crowd.site.container
    tools, limits = registration_tools(box), limit_store(box)
    budget = first_budget(Registry.RENIEC, tools.quotas[Registry.RENIEC])

    def draw(standing: Standing, by: str) -> None:
        try_to(limits.draw, budget, standing, by=by, now=crowd.site.clock.now)

    for network in range(50):
        for number in range(UNPROVEN_PER_NETWORK.limit):
            draw(Standing.QUIET, f"u{network}-{number}")
        for number in range(PROVEN_PER_NETWORK.limit):
            draw(Standing.PROVEN, f"p{network}-{number}")
    spent = limits.drawn(budget, now=crowd.site.clock.now)

    assert spent >= budget.share(Standing.QUIET)
    assert _run(crowd.site, "finish_registrations")["quota_used_percent"] >= 80
    assert crowd.begin(HOME, a_form("99000003"))[1] == "awaiting_proof"
    crowd.get_in()
    assert limits.drawn(again_budget(Registry.RENIEC, 1000), now=crowd.site.clock.now) == 0


def test_when_all_of_the_day_is_spent_a_person_waits_and_the_job_opens_the_mailbox_the_next_day(
    crowd: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    site = crowd.site
    site.container.made[registration_tools] = _with_quota(site, 40)
    registration_id = email_first(crowd)
    with caplog.at_level(logging.WARNING):
        empty(site, 40)
        waiting = site.verify(registration_id, site.code)

    assert waiting.json_body["state"] == "awaiting_registry"
    assert [vars(line)["reason"] for line in caplog.records if line.message == "registration put off"] == ["quota"]
    assert site.simulator.asked == []
    assert crowd.begin("198.51.100.7", a_form("99000003"))[1] == "awaiting_proof"
    site.clock.advance(hours=5)
    assert _run(site, "finish_registrations")["confirmed"] == 1
    assert site.call("GET", f"/{registration_id}").json_body["state"] == "completed"


def test_those_that_wait_have_a_part_of_the_day_that_no_flood_spends_and_what_is_over_goes_on_tomorrow(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = crowd.site
    site.container.made[registration_tools] = _with_quota(site, 40)
    for document in ("99000001", "99000003"):
        monkeypatch.setitem(_people(), document, {**_people()[document], "answer": "error"})
        crowd.begin(HOME, a_form(document))
    monkeypatch.undo()
    empty(site, 40)
    tools, limits = registration_tools(site.container), limit_store(site.container)
    site.clock.advance(minutes=10)

    assert _run(site, "finish_registrations")["confirmed"] == 2

    monkeypatch.setitem(_people(), "99000004", {**_people()["99000004"], "answer": "error"})
    site.clock.advance(days=1)
    waiting, _ = crowd.begin(HOME, a_form("99000004"))
    monkeypatch.undo()
    empty(site, 40)
    again = again_budget(Registry.RENIEC, 40)
    for number in range(100):
        try_to(limits.draw, again, Standing.PROVEN, by=f"w{number}", now=site.clock.now)
    site.clock.advance(minutes=10)
    site.simulator.asked.clear()
    report = _run(site, "finish_registrations")

    assert (report["put_off"], report["is_complete"], site.simulator.asked) == (1, True, [])
    assert site.call("GET", f"/{waiting}").json_body["continues_at"].startswith("2026-03-11T00:")
    assert tools.quotas[Registry.RENIEC] == 40
    site.clock.advance(days=1)
    assert _run(site, "finish_registrations")["confirmed"] == 1


def test_a_call_that_the_breaker_spared_the_registry_is_not_counted(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = crowd.site
    budget = first_budget(Registry.RENIEC, 1000)
    monkeypatch.setitem(_people(), "99000001", {**_people()["99000001"], "answer": "error"})
    for number in range(5):
        crowd.begin(f"192.0.{number}.1", to=f"otra{number}@ejemplo.pe")

    assert len(site.simulator.asked) == limit_store(site.container).drawn(budget, now=site.clock.now) == 3


def test_when_four_fifths_are_spent_the_log_says_so_once_a_counter(
    crowd: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    site = crowd.site
    site.container.made[registration_tools] = _with_quota(site, 10)
    with caplog.at_level(logging.WARNING):
        for number in range(12):
            crowd.begin(f"192.0.{number}.1", to=f"otra{number}@ejemplo.pe")
    told = [vars(line) for line in caplog.records if line.message == "registry quota nearly spent"]

    assert 0 < len(told) <= 8
    assert {line["registry"] for line in told} == {"reniec"}
    assert not re.search("9900|rosa|otra", repr([line["drawn"] for line in told]))


def spend_registrations(crowd: Crowd) -> None:
    """Have strangers without a captcha begin as many as they may in an hour."""
    spend_of(registration_tools(crowd.site.container).registrations_an_hour, Standing.CROWDED, crowd.site)


def test_who_solves_no_captcha_spends_half_of_the_hours_registrations_and_then_all_need_one(crowd: Crowd) -> None:
    spend_registrations(crowd)

    with pytest.raises(CasillaError, match="captcha_needed"):
        crowd.begin(HOME, solves=False)
    assert crowd.begin(HOME)[1] == "awaiting_code"


def registered_from(crowd: Crowd, origin: str, times: int) -> None:
    """Have so many registrations been begun from a network in this hour."""
    limits, limit = registration_tools(crowd.site.container).limits, UNCHECKED_PER_NETWORK
    limits.tally(limit.key(f"{origin}/32"), window_s=limit.window_s, now=crowd.site.clock.now, uses=times)


def by_mail(origin: str, to: str) -> tuple[str, str]:
    """Begin one with the e-mail's code in the captcha's place."""
    body = {**a_form(), **of_inbox(to), "code_by_mail": True}
    started = registration.begin(Fields(body), origin=origin)
    return started.registration_id, started.registration.state.value


def test_who_cannot_read_the_picture_proves_the_e_mail_in_its_place_before_any_registry_is_asked(crowd: Crowd) -> None:
    registered_from(crowd, HOME, UNCHECKED_PER_NETWORK.limit)
    with pytest.raises(CasillaError, match="captcha_needed"):
        crowd.begin(HOME, solves=False)

    registration_id, state = by_mail(HOME, "rosa@ejemplo.pe")

    assert (state, crowd.site.simulator.asked) == ("awaiting_proof", [])
    assert crowd.show(registration_id, crowd.site.code).state == "completed"


@pytest.mark.usefixtures("crowd")
def test_where_no_captcha_is_needed_the_wish_for_a_code_changes_nothing() -> None:
    assert by_mail(HOME, "rosa@ejemplo.pe")[1] == "awaiting_code"


def test_strangers_who_spend_the_hours_registrations_leave_the_way_by_e_mail_open(crowd: Crowd) -> None:
    spend_registrations(crowd)

    assert by_mail(HOME, "rosa@ejemplo.pe")[1] == "awaiting_proof"


def test_a_crowded_network_spends_half_of_the_way_by_e_mail_and_others_have_the_rest(crowd: Crowd) -> None:
    tools = registration_tools(crowd.site.container)
    crowded = "192.0.2.9"
    registered_from(crowd, crowded, 100)
    spend_of(tools.registrations_by_mail, Standing.CROWDED, crowd.site)
    registered_from(crowd, HOME, UNCHECKED_PER_NETWORK.limit)

    with pytest.raises(CasillaError, match="captcha_needed"):
        by_mail(crowded, "ajena@ejemplo.pe")
    assert by_mail(HOME, "rosa@ejemplo.pe")[1] == "awaiting_proof"


def test_when_the_way_by_e_mail_is_spent_the_captcha_stays(crowd: Crowd) -> None:
    spend_of(registration_tools(crowd.site.container).registrations_by_mail, Standing.PROVEN, crowd.site)
    registered_from(crowd, HOME, UNCHECKED_PER_NETWORK.limit)

    with pytest.raises(CasillaError, match="captcha_needed"):
        by_mail(HOME, "rosa@ejemplo.pe")
    assert crowd.begin(HOME)[1] == "awaiting_code"


def email_first(crowd: Crowd, form: dict[str, Any] | None = None, *, to: str = "") -> str:
    """Begin one from a network of which twenty were asked about today; return its id."""
    spend(crowd.site, UNPROVEN_PER_NETWORK.key("198.51.100.99/32"), UNPROVEN_PER_NETWORK.limit)
    registration_id, state = crowd.begin("198.51.100.99", form, to=to)
    assert state == "awaiting_proof"
    return registration_id


def spend(site: Site, key: str, times: int) -> None:
    limit_store(site.container).tally(key, window_s=24 * 60 * 60, now=site.clock.now, uses=times)


def empty(site: Site, quota: int) -> None:
    """Spend all that applicants may have asked today."""
    spend_of(first_budget(Registry.RENIEC, quota), Standing.PROVEN, site)


def _with_quota(site: Site, quota: int) -> Any:
    return replace(registration_tools(site.container), quotas=dict.fromkeys(Registry, quota))


@pytest.mark.parametrize("quota", ["", "9", "0100", "1000.5", "mil", "10000000"])
def test_a_quota_that_is_no_number_of_consultations_is_told_at_the_start(aws: dict[str, str], quota: str) -> None:
    with pytest.raises(ConfigError, match="SUNAT_DAILY_QUOTA"):
        Config.from_env({**aws, "SUNAT_DAILY_QUOTA": quota})


def test_a_code_sent_twice_at_once_asks_the_registry_once_and_opens_one_mailbox(crowd: Crowd) -> None:
    registration_id = email_first(crowd)
    code, told = crowd.site.code, []
    with before_call(crowd.site, "TransactWriteItems", lambda: told.append(crowd.site.verify(registration_id, code))):
        first = crowd.site.verify(registration_id, code)

    assert first.json_body["state"] == "completed"
    assert [answer.json_body["code"] for answer in told] == ["registration_completing"]
    assert crowd.site.simulator.asked == ["99000001"]


@contextmanager
def before_call(site: Site, call: str, act: Callable[[], object]) -> Iterator[None]:
    """Have something happen once, just before DynamoDB gets a call."""
    left = [act]

    def hook(**_: Any) -> None:
        if left:
            left.pop()()

    events: Any = connection(site.container).client.meta.events
    events.register(f"before-call.dynamodb.{call}", hook)
    try:
        yield
    finally:
        events.unregister(f"before-call.dynamodb.{call}", hook)


def test_what_a_registration_costs(crowd: Crowd) -> None:
    registry_password(crowd.site.container).to_show()  # a process asks once whether this password was refused
    with ledger() as by_registry:
        crowd.site.start(a_form("99000003"))
    spend(crowd.site, UNPROVEN_PER_DOCUMENT.key("DNI", "99000001"), UNPROVEN_PER_DOCUMENT.limit)
    crowd.site.clock.advance(seconds=61)
    with ledger() as by_email:
        crowd.site.start()

    counted = ["UpdateItem"] * 7  # three, the budget, three
    mailed = ["GetItem", "PutItem", "PutItem", "PutItem", "SendEmail", "UpdateItem"]
    assert by_registry.operations == [*counted, "UpdateItem", "PutItem", "PutItem", "PutItem", *mailed]
    assert by_email.operations == [*counted, "PutItem", *mailed]
    assert (by_registry.hops, by_email.hops) == (12, 9)
