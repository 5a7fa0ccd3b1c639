"""The people who want to get in, by the pages; and the strangers who want to keep them out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from email import message_from_string
from email.policy import SMTP

from chalice.local import LambdaEventConverter
from chalice.test import HTTPResponse
from moto.ses.models import ses_backends

from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import DocumentType, Holder, UserState
from chalicelib.handlers.cookies import SESSION_COOKIE
from tests.browser_requests import Browser, text_of
from tests.deposit_world import a_mailbox, a_user
from tests.handlers.web.registration.test_registration_pages import a_person_form
from tests.person_world import PASSWORD, People, texts_in_force

NEW = "Lampara-rio-verde-9"
WRONG = "Otra-clave-larga-8"
MOST_STEPS = 6
ENOUGH = 3
"""Steps within which the innocent have to be in."""


@dataclass
class Visitor(Browser):
    """A browser at an address of its own."""

    address: str = "192.0.2.1"

    def _send(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> HTTPResponse:
        LambdaEventConverter.LOCAL_SOURCE_IP = self.address
        return super()._send(method, address, body, headers)


@dataclass
class Innocent:
    """One holder, who knows the password and reads the own e-mail."""

    people: People
    number: str
    visitor: Visitor
    password: str = PASSWORD
    steps: int = 0

    @property
    def username(self) -> str:
        return f"1-{self.number}"

    @property
    def email(self) -> str:
        return email_of(self.number)

    def submit(self, page: HTTPResponse, action: str, **typed: str) -> HTTPResponse:
        """Send a form: one step."""
        self.steps += 1
        return self.visitor.submit(page, action, **typed)

    def log_in(self) -> bool:
        """Log in as the pages say: with the picture's text, or with the code they ask for; nobody is inside yet."""
        self.visitor.cookies.pop(SESSION_COOKIE, None)
        page = self.visitor.get("/ingresar")
        while self.steps < MOST_STEPS:
            typed = {"username": self.username, "password": self.password}
            if 'name="code_id"' in text_of(page):
                typed["code"] = self.read_code()
            page = self.submit(page, "/ingresar", **typed)
            if page.status_code == 303:
                return bool(page.headers["Location"] == "/casilla")
            if page.status_code == 429:
                return False
        return False

    def log_in_by_code(self) -> bool:
        """Log in without the picture, by asking for a code first."""
        page = self.visitor.get("/ingresar/codigo")
        while self.steps < MOST_STEPS and 'name="code_id"' not in text_of(page):
            page = self.submit(page, "/ingresar/codigo", username=self.username)
            if page.status_code == 429:
                return False
        typed = {"username": self.username, "password": self.password, "code": self.read_code()}
        return self.submit(page, "/ingresar", **typed).status_code == 303

    def recover(self) -> bool:
        """Have a link sent, and set a new password by it."""
        page = self.visitor.get("/olvide-mi-clave")
        typed = {"person_type": "natural", "document_type": "DNI", "document_number": self.number, "email": self.email}
        before = self.steps
        while self.steps < before + 2:
            page = self.submit(page, "/olvide-mi-clave", **typed)
            if page.status_code == 200:
                break
        links = re.findall(r"/recuperar/(\S+)", "\n".join(mails_to(self.email)))
        if not links:
            return False
        chosen = {"new_password": NEW, "new_password_repeated": NEW}
        link = f"/recuperar/{links[-1]}"
        return self.submit(self.visitor.get(link), link, **chosen).status_code == 200

    def validate(self) -> bool:
        """Confirm who one is within a session that lives."""
        page = self.visitor.get("/validar")
        return self.submit(page, "/validar", password=self.password).status_code == 303

    def read_code(self) -> str:
        codes = re.findall(r"^([2-9A-Z]{6})\r?$", "\n".join(mails_to(self.email)), re.MULTILINE)
        return str(codes[-1]) if codes else "XXXXXX"


@dataclass
class Applicant:
    """Somebody who registers, with data that the registry confirms and an e-mail of their own."""

    number: str
    visitor: Visitor
    steps: int = 0

    def register(self) -> bool:
        """Walk to the last page before sending, and count from there on."""
        sent = send_application(self.visitor, self.number, email_of(self.number))
        self.steps += 1
        while sent.status_code == 422 and 'name="captcha_id"' in text_of(sent) and self.steps < MOST_STEPS:
            self.steps += 1
            sent = self.visitor.submit(sent, "/registro/revisar")
        if sent.status_code != 303:
            return False
        where = str(sent.headers["Location"])
        codes = re.findall(r"Clave de validación: ([0-9A-Z]{6})", "\n".join(mails_to(email_of(self.number))))
        if not codes:
            return False
        self.steps += 1
        self.visitor.submit(self.visitor.get(where), where, code=codes[-1])
        return account_store(self.visitor.people.world.container).find(f"1-{self.number}") is not None


def send_application(visitor: Visitor, number: str, email: str, **typed: str) -> HTTPResponse:
    """Accept, type and send, as the pages ask for it; return the answer to the last form."""
    for text in ("/registro/terminos", "/registro/privacidad"):
        visitor.submit(visitor.get(text), text, accepted="si")
    visitor.post("/registro/tipo", person_type="natural")
    form = a_person_form(number, email=email, email_again=email, **typed)
    visitor.post("/registro/persona-natural", None, **form)
    return visitor.submit(visitor.get("/registro/revisar"), "/registro/revisar")


@dataclass
class Attackers:
    """Strangers who solve every captcha, and know everybody's document number and e-mail."""

    people: People
    victims: list[str]
    unregistered: list[str]
    """Documents of those who are about to register."""
    sent: int = 0
    got_in: int = 0
    told_wrong: dict[str, int] = field(default_factory=dict)
    """How many passwords each victim's attackers learned to be wrong."""

    def strike(self, address: str) -> None:
        """Send the next request: each kind in turn, against the victims in turn and against anybody."""
        number, self.sent = self.sent, self.sent + 1
        victim = self.victims[number // 8 % len(self.victims)]
        to_be = self.unregistered[number // 8 % len(self.unregistered)]
        anybody = f"5{number % 10_000_000:07d}"
        visitor = Visitor(self.people, address=address)
        (
            lambda: self._guess(visitor, victim, number),
            lambda: self._ask_code(visitor, victim),
            lambda: self._ask_link(visitor, victim),
            lambda: self._guess(visitor, anybody, number),
            lambda: self._ask_code(visitor, anybody),
            lambda: visitor.get("/ingresar"),
            lambda: self._register(visitor, to_be, email_of(to_be)),
            lambda: self._register(visitor, to_be, f"extra{number}@atacante.example"),
        )[number % 8]()

    def _guess(self, visitor: Visitor, number: str, seed: int) -> None:
        page = visitor.get("/ingresar")
        answer = visitor.submit(page, "/ingresar", username=f"1-{number}", password=f"{WRONG}{seed}")
        if answer.status_code == 303:
            self.got_in += 1
        if answer.status_code == 401:
            self.told_wrong[number] = self.told_wrong.get(number, 0) + 1

    def _register(self, visitor: Visitor, number: str, email: str) -> None:
        """Register somebody else with invented data, prove the e-mail where it is one's own."""
        sent = send_application(visitor, number, email, given_names="Inventado")
        if sent.status_code == 422 and 'name="captcha_id"' in text_of(sent):
            sent = visitor.submit(sent, "/registro/revisar")
        codes = re.findall(r"Clave de validación: ([0-9A-Z]{6})", "\n".join(mails_to(email)))
        if sent.status_code == 303 and "atacante" in email and codes:
            where = str(sent.headers["Location"])
            visitor.submit(visitor.get(where), where, code=codes[-1])

    def _ask_code(self, visitor: Visitor, number: str) -> None:
        page = visitor.get("/ingresar/codigo")
        page = visitor.submit(page, "/ingresar/codigo", username=f"1-{number}")
        if page.status_code == 422:
            visitor.submit(page, "/ingresar/codigo", username=f"1-{number}")

    def _ask_link(self, visitor: Visitor, number: str) -> None:
        typed = {
            "person_type": "natural",
            "document_type": "DNI",
            "document_number": number,
            "email": email_of(number),
        }
        page = visitor.submit(visitor.get("/olvide-mi-clave"), "/olvide-mi-clave", **typed)
        if page.status_code == 422:
            visitor.submit(page, "/olvide-mi-clave", **typed)


def settle(people: People, numbers: list[str]) -> None:
    """Give each a mailbox and a way in, with the one password hash of all."""
    hashed = people.tools.hashing.hash(PASSWORD)
    for place, number in enumerate(numbers):
        user = a_user(1, user_id=f"u{place}", email=email_of(number), document_number=number)
        holder = Holder(DocumentType.DNI, number, "QUISPE DEMO MARÍA ÑUSTA")
        mailbox_store(people.world.container).put(replace(a_mailbox(number), holder=holder, users=(user,)))
        account = Account(f"1-{number}", f"u{place}", f"1-{number}", UserState.ACTIVE, password_hash=hashed)
        people.tools.accounts.add(replace(account, accepted=texts_in_force()))


def email_of(number: str) -> str:
    return f"persona{number}@ejemplo.pe"


def mails_to(email: str) -> list[str]:
    """Return the texts of all e-mails that somebody got."""
    [backends] = [backend for backend in ses_backends.values() if "us-east-1" in backend]
    sent = [message.raw_data for message in backends["us-east-1"].sent_messages if email in message.destinations]
    parsed = [message_from_string(raw, policy=SMTP).get_body(("plain",)) for raw in sent]
    return [str(body.get_content()) for body in parsed if body is not None]
