"""A company whose mailbox was opened before a person was asked for: it is read, and the person is asked for (S0)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, Power, UserState, lacks_person
from chalicelib.domain.registration.registration_policy import NAMINGS_PER_USER
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.access.sessions import open_session
from chalicelib.store import tables
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.people_store import PeopleChange, PeopleStore
from tests.browser_requests import check_html, said
from tests.deposit_world import a_user
from tests.handlers.api.registration.test_registration import Site, simulator, site  # noqa: F401 - fixtures
from tests.registry_world import a_person

COMPANY = "8-20990000019"
PERSON = a_person()
FORM = {
    "number": PERSON.number,
    "cui": PERSON.cui,
    "issue_date": "10/01/2020",
    "birth_date": "15/3/1990",
    "sex": "F",
    "paternal_surname": "Prueba",
    "maternal_surname": "Ejemplo",
    "given_names": "Rosa",
    "page": "11012345",
    "entry": "C00012",
}
SECONDARY = replace(
    a_user(2), is_principal=False, document_type=DocumentType.DNI, document_number="40000028", state=UserState.ACTIVE
)


@dataclass
class Former:
    """Somebody inside the company's mailbox, by browser."""

    site: Site
    cookie: str

    def send(self, method: str, path: str, **fields: str) -> HTTPResponse:
        headers = {"cookie": f"{SESSION_COOKIE}={self.cookie}", "sec-fetch-site": "same-origin"}
        headers |= {"content-type": "application/x-www-form-urlencoded"} if fields else {}
        answer = self.site.client.http.request(method, path, headers=headers, body=urlencode(fields).encode())
        return said(self.site.client, answer, headers["cookie"])

    def get(self, path: str) -> str:
        answer = self.send("GET", path)
        html = str(answer.body.decode())
        check_html(html)
        return html

    def name(self, **typed: str) -> HTTPResponse:
        [csrf] = set(re.findall(r'name="csrf" value="([^"]+)"', self.get("/representante")))
        return self.send("POST", "/representante", csrf=csrf, **{**FORM, **typed})

    @property
    def mailbox(self) -> Mailbox:
        found = mailbox_store(self.site.container).find(COMPANY)
        assert found is not None
        return found


def inside(at: Site, username: str = COMPANY, user_id: str = "u1") -> Former:
    tools = access_tools(at.container)
    account = Account(username, user_id, COMPANY, UserState.ACTIVE, password_hash="$argon2id$synthetic", name="EMPRESA")
    if tools.accounts.find(username) is None:
        tools.accounts.add(account)
    return Former(
        at,
        open_session(account, tools.new_secret(), origin="127.0.0.1", sessions=tools.sessions, now=at.clock()).cookie,
    )


@pytest.fixture
def former(site: Site) -> Former:  # noqa: F811
    holder = Holder(DocumentType.RUC, "20990000019", "EMPRESA DE PRUEBA S.A.C.")
    principal = replace(a_user(1), name=holder.name)
    mailbox_store(site.container).put(Mailbox(COMPANY, holder, MailboxState.OPEN, (principal, SECONDARY), version=1))
    item = tables.MailboxItem.get(COMPANY)
    data = {key: value for key, value in item.data.items() if key != "power"}  # as a package before wrote it
    for user in data["users"]:
        if user["is_principal"]:
            del user["document_type"]
            del user["document_number"]
    item.update([tables.MailboxItem.data.set(data)])
    return inside(site)


def test_the_principal_is_asked_for_the_person_and_reads_notices_all_the_same(former: Former) -> None:
    assert lacks_person(former.mailbox)
    html = former.get("/casilla")

    assert "Falta decir quién representa a la empresa" in html
    assert 'href="/representante"' in html
    assert "Pendientes por leer" in html


def test_a_secondary_user_is_not_asked_and_cannot_say(former: Former) -> None:
    other = inside(former.site, f"{COMPANY}.40000028", "u2")

    assert "Falta decir quién representa" not in other.get("/casilla")
    assert other.send("GET", "/representante").status_code == 403


def test_the_person_named_is_the_principal_user_with_the_same_access(former: Former) -> None:
    before = former.mailbox

    answer = former.name()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/representante")
    principal, secondary = former.mailbox.users
    assert (principal.name, principal.document_type, principal.document_number) == (
        *("ROSA PRUEBA EJEMPLO", DocumentType.DNI), "99000001",
    )  # fmt: skip
    assert replace(principal, name=before.users[0].name, document_type=None, document_number="") == before.users[0]
    assert secondary == SECONDARY
    assert former.mailbox.power == Power(page="11012345", entry="C00012")
    assert former.mailbox.holder == before.holder
    account = access_tools(former.site.container).accounts.find(COMPANY)
    assert account is not None
    assert (account.name, account.document_number) == ("ROSA PRUEBA EJEMPLO", "99000001")
    events = event_store(former.site.container).list_for_subject(f"mailbox#{COMPANY}")
    named = [event for event in events if event.type is EventType.REPRESENTATIVE_NAMED]
    assert [event.data["level"] for event in named] == ["document"]
    assert sorted(event.data["registry"] for event in events if event.type is EventType.REGISTRY_CONSULTED) == [
        *("reniec", "sunat_representatives"),
    ]
    assert "ROSA PRUEBA EJEMPLO figura como usuario principal" in former.get("/representante")
    assert "Falta decir quién representa" not in former.get("/casilla")


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"given_names": "Otra"}, 422, "Los datos no coinciden con los de RENIEC"),
        ({"issue_date": "11/01/2020"}, 422, "Los datos no coinciden con los de RENIEC"),
        ({"issue_date": "31/2/2020"}, 422, "«Fecha de emisión»: febrero de 2020 tiene 29 días."),
        ({"page": ""}, 422, "Partida registral"),
        ({"number": "99000002", "cui": a_person("99000002").cui, "paternal_surname": "Ficticio",
          "maternal_surname": "Supuesto", "given_names": "José Ángel"}, 409, "Ningún registro nos pudo confirmar"),
    ],
)  # fmt: skip
def test_what_is_not_confirmed_changes_nothing_and_keeps_what_was_typed(
    former: Former, typed: dict[str, str], status: int, words: str
) -> None:
    before = former.mailbox

    answer = former.name(**typed)

    html = answer.body.decode()
    assert answer.status_code == status
    assert words in html
    assert former.mailbox == before
    assert 'value="C00012"' in html


def test_a_person_who_is_another_user_of_the_mailbox_is_not_named_twice(former: Former) -> None:
    item = former.mailbox
    other = replace(SECONDARY, document_number=PERSON.number)
    mailbox_store(former.site.container).update(replace(item, users=(item.users[0], other)))

    assert "ya es otro usuario de tu casilla" in former.name().body.decode()


def test_registries_are_asked_five_times_a_day_for_one_user_and_no_more(former: Former) -> None:
    for _ in range(NAMINGS_PER_USER.limit):
        assert former.name(given_names="Otra").status_code == 422
    former.site.simulator.asked.clear()

    assert former.name().status_code == 429
    assert former.site.simulator.asked == []


def test_a_registry_that_does_not_answer_changes_nothing(former: Former, monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.local.registries.answers import people  # noqa: PLC0415

    monkeypatch.setitem(people(), PERSON.number, {**people()[PERSON.number], "answer": "error"})

    assert former.name().status_code == 503
    assert lacks_person(former.mailbox)


def by_the_api(former: Former) -> HTTPResponse:
    body = {
        "representative": {"document_type": "DNI", **{key: FORM[key] for key in ("number", "cui", "sex")}},
        "power": {"page": "11012345", "entry": "C00012"},
    }
    body["representative"] |= {key: FORM[key] for key in ("paternal_surname", "maternal_surname", "given_names")}
    body["representative"] |= {"birth_date": "1990-03-15", "issue_date": "2020-01-10"}
    headers = {"content-type": "application/json", "authorization": f"Bearer {former.cookie}"}
    raw = json.dumps(body).encode()
    return former.site.client.http.request("POST", "/v1/representative", headers=headers, body=raw)


def test_by_the_api_it_is_the_same_and_done_twice_it_is_done_once(former: Former) -> None:
    first, second = by_the_api(former), by_the_api(former)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json_body == second.json_body == {"representative": "ROSA PRUEBA EJEMPLO"}
    events = event_store(former.site.container).list_for_subject(f"mailbox#{COMPANY}")
    assert [event.type for event in events].count(EventType.REPRESENTATIVE_NAMED) == 1


def test_the_mailbox_is_read_once(former: Former, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    find = MailboxStore.find

    def counted(self: MailboxStore, mailbox_id: str) -> Mailbox | None:
        read.append(mailbox_id)
        return find(self, mailbox_id)

    monkeypatch.setattr(MailboxStore, "find", counted)

    assert by_the_api(former).status_code == 200
    assert read == [COMPANY]


def test_what_changed_while_the_registries_were_asked_is_read_again_and_kept(
    former: Former, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = PeopleStore.commit
    other = replace(SECONDARY, mobile="+51999888777")

    def overtaken(self: PeopleStore, change: PeopleChange) -> Mailbox:
        monkeypatch.undo()
        mailbox_store(former.site.container).update(replace(former.mailbox, users=(former.mailbox.users[0], other)))
        return commit(self, change)

    monkeypatch.setattr(PeopleStore, "commit", overtaken)

    assert by_the_api(former).status_code == 200
    principal, secondary = former.mailbox.users
    assert (principal.name, secondary) == ("ROSA PRUEBA EJEMPLO", other)
