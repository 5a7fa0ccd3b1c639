"""No page shows a form that will be refused for what was known before: it says why, and leads on (WEB-1).

Each state is arranged, the page is opened as a person would, and the form is sent all the same, to see it refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.people import data_request_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.token import CODE_ATTEMPTS
from chalicelib.domain.mailbox import Consent, DocumentType, HandOver, Holder, Mailbox, MailboxState, UserState
from chalicelib.domain.people.data_request import DataRequestKind, DataWish
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.access.sessions import open_session
from chalicelib.services.people.data_requests import make_request, withdraw_request
from tests.browser_requests import Browser, check_html, text_of
from tests.company_world import COMPANY, OTHER, a_company, dni, seed_company, session_of
from tests.deposit_world import NOW, a_mailbox, a_user
from tests.gateway_requests import Lines
from tests.person_world import NEW, PASSWORD

Change = Callable[[Mailbox], Mailbox]


@dataclass
class State:
    """What is so before the page is opened, whose form leads to `sends_to`, or to the page itself.

    `code` is what the form is refused by, empty where it leads where the page does; `words` say why and what to do, on
    the page or where it leads.
    """

    address: str
    code: str
    words: str
    mailbox: Change = field(default=lambda mailbox: mailbox)
    who: str = COMPANY
    arrange: Callable[[Browser], dict[str, str]] = field(default=lambda _: {})
    """Returns what stands in the address for names in braces."""
    typed: dict[str, str] = field(default_factory=dict)
    sends_to: str = ""


def with_users(*users: int, **of_second: object) -> Change:
    def change(mailbox: Mailbox) -> Mailbox:
        more = [a_user(number, **dni(f"400000{40 + number}")) for number in users if number > 3]
        first, second, third = mailbox.users
        return replace(mailbox, users=(first, replace(second, **of_second), third, *more))  # type: ignore[arg-type]

    return change


def without_others_mobile(mailbox: Mailbox) -> Mailbox:
    first, second, third = mailbox.users
    return replace(mailbox, users=(replace(first, mobile=None), second, replace(third, mobile=None)))


def offered(mailbox: Mailbox) -> Mailbox:
    return replace(mailbox, hand_over=HandOver("u3", NOW, NOW + timedelta(days=7)))


def closed(mailbox: Mailbox) -> Mailbox:
    return replace(mailbox, state=MailboxState.DISABLED, closed_at=NOW - timedelta(days=1))


def disabled(mailbox: Mailbox) -> Mailbox:
    return replace(mailbox, state=MailboxState.DISABLED)


def without_consent(mailbox: Mailbox) -> Mailbox:
    consent = Consent(is_given=False, at=NOW - timedelta(days=1), version="1", origin="", user_id="u1")
    return replace(mailbox, consent=consent)


def without_person(mailbox: Mailbox) -> Mailbox:
    first = replace(mailbox.users[0], document_type=None, document_number="")
    return replace(mailbox, users=(first, *mailbox.users[1:]))


def of_a_person(mailbox: Mailbox) -> Mailbox:
    return replace(mailbox, holder=Holder(DocumentType.RUC, "10400000111", "DEMO EJEMPLO ROSA"))


def texts_due(browser: Browser) -> dict[str, str]:
    enter(browser, COMPANY, must_accept_texts=True)
    return {}


def temporary(browser: Browser) -> dict[str, str]:
    accounts = browser.people.tools.accounts
    account = accounts.find(COMPANY)
    assert account
    accounts.update(
        replace(account, must_change_password=True, temporary_until=browser.people.world.clock() + timedelta(hours=1))
    )
    enter(browser, COMPANY)
    return {}


def temporary_over(browser: Browser) -> dict[str, str]:
    temporary(browser)
    browser.people.world.clock.advance(hours=2)
    return {}


def code_spent(browser: Browser) -> dict[str, str]:
    asked = {"email": "nuevo@ejemplo.pe", "email_again": "nuevo@ejemplo.pe", "password": PASSWORD}
    browser.submit(browser.get("/perfil/correo"), "/perfil/correo", **asked)
    page = browser.get("/perfil/correo/codigo")
    for _ in range(CODE_ATTEMPTS):
        browser.submit(page, "/perfil/correo/codigo", code="222222")
    return {}


def withdrawn(browser: Browser) -> dict[str, str]:
    box = browser.people.world.container
    tools, session = data_request_tools(box), session_of(a_company().users[0], a_company(), box.clock())
    wish = DataWish(DataRequestKind.RECTIFICATION, words="Mi nombre es otro")
    made = make_request(session, wish, origin="", tools=tools)
    withdraw_request(session, made.reference, origin="", tools=tools)
    return {"reference": made.reference}


def link_sent(browser: Browser) -> str:
    mailbox_store(browser.people.world.container).put(a_mailbox())
    browser.people.ask_reset()
    return browser.people.link_sent()


def link_used(browser: Browser) -> dict[str, str]:
    link = link_sent(browser)
    browser.people.use_reset(link)
    return {"link": link}


def link_expired(browser: Browser) -> dict[str, str]:
    link = link_sent(browser)
    browser.people.world.clock.advance(days=3)
    return {"link": link}


def link_invented(_: Browser) -> dict[str, str]:
    return {"link": "x" * 43}


NEW_USER = {
    "step": "agregar",
    "document_type": "DNI",
    "document_number": "40000090",
    "name": "Luis Vega Demo",
    "email": "luis@ejemplo.pe",
}
CHOSEN = {"new_password": NEW, "new_password_repeated": NEW}
UNDERSTOOD = {"understood": "si", "password": PASSWORD}
ONLY_PRINCIPAL, LAST = "Solo el usuario principal", "único usuario activo con un celular"

STATES = {
    "five users": State(
        "/usuarios/agregar", "users_full", "5 usuarios, que es el máximo", with_users(4, 5), typed=NEW_USER
    ),
    "adding, by another": State("/usuarios/agregar", "principal_needed", ONLY_PRINCIPAL, who=OTHER, typed=NEW_USER),
    "disabling, by another": State("/usuarios/u3/deshabilitar", "principal_needed", ONLY_PRINCIPAL, who=OTHER),
    "removing, by another": State("/usuarios/u3/quitar", "principal_needed", ONLY_PRINCIPAL, who=OTHER),
    "handing over, by another": State("/usuarios/u3/traspasar", "principal_needed", ONLY_PRINCIPAL, who=OTHER),
    "activation, by another": State("/usuarios/u3/activacion", "principal_needed", ONLY_PRINCIPAL, who=OTHER),
    "naming, by another": State("/representante", "principal_needed", ONLY_PRINCIPAL, without_person, OTHER),
    "closing, by another": State(
        "/mis-datos/pedir/cierre", "principal_needed", ONLY_PRINCIPAL, who=OTHER, typed=UNDERSTOOD
    ),
    "consent, by another": State(
        "/perfil/consentimiento", "principal_needed", ONLY_PRINCIPAL, who=OTHER, typed=UNDERSTOOD
    ),
    "opening again, by another": State(
        "/mis-datos/abrir", "principal_needed", ONLY_PRINCIPAL, closed, OTHER, typed=UNDERSTOOD
    ),
    "disabling the last mobile": State("/usuarios/u2/deshabilitar", "last_mobile", LAST, without_others_mobile),
    "removing the last mobile": State("/usuarios/u2/quitar", "last_mobile", LAST, without_others_mobile),
    "disabling the principal": State("/usuarios/u1/deshabilitar", "user_is_principal", "no se puede cambiar aquí"),
    "a user who is gone": State("/usuarios/u9/deshabilitar", "user_unknown", "Ese usuario no existe en tu casilla"),
    "activation of an active user": State("/usuarios/u2/activacion", "user_not_pending", "Usuarios: 3 de 5"),
    "offered to another": State(
        "/usuarios/u2/traspasar", "hand_over_offered", "Retira antes ese ofrecimiento", offered
    ),
    "offering to one disabled": State(
        "/usuarios/u2/traspasar", "user_not_active", "a un usuario activo", with_users(state=UserState.DISABLED)
    ),
    "offering a person's": State("/usuarios/u2/traspasar", "mailbox_is_a_persons", "es de una persona", of_a_person),
    "no offer": State("/traspaso", "hand_over_not_offered", "Usuarios: 3 de 5", who=OTHER, typed={"step": "aceptar"}),
    "naming while registries are closed": State(
        "/representante", "registration_closed", "Por ahora no podemos registrarlo por internet", without_person
    ),
    "closing one that is closed": State(
        "/mis-datos/pedir/cierre", "", "Esta casilla está cerrada", closed, typed=UNDERSTOOD
    ),
    "closing one that is disabled": State(
        "/mis-datos/pedir/cierre", "mailbox_closed", "La casilla está deshabilitada", disabled, typed=UNDERSTOOD
    ),
    "consent to one that is closed": State(
        "/perfil/consentimiento", "mailbox_closed", "está cerrada", closed, typed=UNDERSTOOD | {"step": "retirar"}
    ),
    "consent before the texts": State(
        "/perfil/consentimiento",
        "texts_not_accepted",
        "acepta antes los textos",
        without_consent,
        arrange=texts_due,
        typed=UNDERSTOOD | {"step": "autorizar"},
    ),
    "opening one that is open": State("/mis-datos/abrir", "mailbox_not_closed", "Mis datos", typed=UNDERSTOOD),
    "a code that nobody was sent": State(
        "/perfil/correo/codigo", "", "El código venció o ya se usó", typed={"code": "222222"}
    ),
    "a code mistyped too often": State(
        "/perfil/correo/codigo",
        "code_unusable",
        "ya no sirve: se escribió mal cinco veces",
        arrange=code_spent,
        typed={"code": "222222"},
    ),
    "a request that was withdrawn": State(
        "/mis-datos/solicitudes/{reference}",
        "request_not_waiting",
        "Retirada",
        arrange=withdrawn,
        sends_to="/mis-datos/solicitudes/{reference}/retirar",
    ),
    "validating a temporary password": State(
        "/validar", "password_change_needed", "es temporal", arrange=temporary, typed={"password": PASSWORD}
    ),
    "a temporary password that is over": State(
        "/clave",
        "temporary_password_expired",
        "Tu contraseña temporal venció",
        arrange=temporary_over,
        typed={"old_password": PASSWORD, **CHOSEN},
    ),
    "a recovery link used": State("/recuperar/{link}", "", "Este enlace no sirve", arrange=link_used, typed=CHOSEN),
    "a recovery link expired": State("/recuperar/{link}", "", "Este enlace venció", arrange=link_expired, typed=CHOSEN),
    "a recovery link invented": State(
        "/recuperar/{link}", "", "Este enlace no sirve", arrange=link_invented, typed=CHOSEN
    ),
    "an activation invented": State(
        "/activar/{link}", "", "Este enlace ya no sirve", arrange=link_invented, typed=CHOSEN
    ),
    "a contest invented": State(
        "/no-fui-yo/{link}", "contest_unusable", "Este enlace o código no sirve", arrange=link_invented
    ),
}


def enter(browser: Browser, username: str, *, must_accept_texts: bool = False) -> None:
    tools, now = browser.people.tools, browser.people.world.clock()
    account = tools.accounts.find(username)
    assert account is not None
    session = open_session(
        account,
        tools.new_secret(),
        origin="127.0.0.1",
        sessions=tools.sessions,
        now=now,
        must_accept_texts=must_accept_texts,
    )
    browser.cookies[SESSION_COOKIE] = session.cookie


def opened(browser: Browser, address: str) -> str:
    """Return the page that an address leads to in the end."""
    for _ in range(3):
        answer = browser.get(address)
        if answer.status_code != 303:
            break
        address = answer.headers["Location"]
    html = text_of(answer)
    check_html(html)
    return html


def send(browser: Browser, address: str, typed: dict[str, str]) -> HTTPResponse:
    csrf = dict(re.findall(r'name="(csrf)" value="([0-9a-f]+)"', text_of(browser.get("/"))))
    return browser.post(address, None, **csrf, **typed)


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_no_form_is_shown_that_will_be_refused(browser: Browser, state: State, lines: Lines) -> None:
    mailbox = state.mailbox(a_company())
    seed_company(browser.people.tools, browser.people.world.container, mailbox)
    enter(browser, state.who)
    names = state.arrange(browser)
    address = state.address.format(**names)
    sends_to = (state.sends_to or state.address).format(**names)

    page = opened(browser, address)

    assert f'<form method="post" action="{sends_to}"' not in page
    assert state.words in " ".join(re.sub(r"<[^>]+>", "", page.partition("<main")[2]).split())
    assert re.search(r'<main.*(<a [^>]*href="/|<button)', page, re.DOTALL), "no way on"
    del lines[:]
    answer = send(browser, sends_to, state.typed)
    if state.code:
        assert [line["code"] for line in lines if line["message"] == "refused"] == [state.code]
    else:
        assert answer.status_code in {303, 410}
