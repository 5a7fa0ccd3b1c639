"""Use a deployed stack as its clients do: sign, upload, deposit, read, and see the alerts go out."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.config import Config
from chalicelib.domain.contact import Phone
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.handlers.jobs import JOBS
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.store import tables
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.registration_store import RegistrationStore
from examples.casilla_sender import Refused, Unreachable
from infra.deploy.use.check import check
from infra.deploy.use.console_walk import CONSOLE_KEY, ENTITY, walk_console
from infra.deploy.use.coordinator import check_warned, enrol_coordinator
from infra.deploy.use.deployment import Deployment
from infra.deploy.use.file_check import check_files
from infra.deploy.use.files import write_noise, write_pdf
from infra.deploy.use.gateway_sender import GatewaySender
from infra.deploy.use.jobs import run, wait_for
from infra.deploy.use.methods import ask_by_every_method
from infra.deploy.use.operator import INSTITUTION, KEY_ID, WHO, answer_requests, give, run_commands
from infra.deploy.use.person import USERNAME, PersonClient, log_in, seed_account, use_mailbox

EMAIL = "titular@ejemplo.example"
APPLICANT_EMAIL = "solicitante@ejemplo.example"
APPLICANT = {
    "document_type": "DNI",
    "number": "99000001",
    "cui": "3",
    "paternal_surname": "Prueba",
    "maternal_surname": "Ejemplo",
    "given_names": "Rosa",
    "birth_date": "1990-03-15",
    "sex": "F",
    "issue_date": "2020-01-10",
}
MOBILE = "+51900000001"
DETAILS = {
    "recipient": {"document_type": "DNI", "document_number": "40000002"},
    "case_file": {"number": "DEMO-2026-000001", "opened_on": "2026-01-05"},
    "document": {
        "type": "Carta",
        "number": "DEMO-1-2026",
        "subject": "Notificación de prueba",
        "issued_at": "2026-01-05T09:00:00-05:00",
        "office": "Oficina de Demostración",
        "signed_by": "Firmante de Demostración",
        "prepared_by": "Sistema de Demostración",
    },
    "term": {"amount": 15, "unit": "business_days"},
}


class FlowError(Exception):
    """The deployed stack did not do what it should."""


@dataclass
class Opened:
    """A notice that its holder opened in a deployed stack, and what else there is to do there."""

    deployment: Deployment
    holder: PersonClient
    notice_id: str
    first_notice_id: str
    """The one of the operator's institution, which the later commands are about."""
    tell: Callable[[str], None]

    def still_opens(self) -> None:
        """See, in the session of before, that nothing of it went with what was deployed since.

        Raises:
            FlowError: something did.

        """
        with _told_with_log(self.deployment):
            link = self.holder.ask("GET", f"/v1/notices/{self.notice_id}/files/main")
            check(self.holder.fetch(link["url"]).startswith(b"%PDF-"), "the document is downloaded")
            read = self.holder.ask("GET", "/v1/notices")["counts"]["read"]
            check(read == len((self.notice_id, self.first_notice_id)), f"what was opened is read: {read}")
        self.tell("the session goes on, and the notice opens as before")

    def go_on(self) -> None:
        """Go the rest of the way.

        Raises:
            FlowError: with the functions' log, at the first step that fails.

        """
        with _told_with_log(self.deployment):
            _go_on(self)


def begin(deployment: Deployment, tell: Callable[[str], None]) -> Opened:
    """Go from an empty stack to a notice that its holder opened, and tell each step.

    Raises:
        FlowError: with the functions' log, at the first step that fails.

    """
    with TemporaryDirectory() as place, _told_with_log(deployment):
        return _begin(deployment, Path(place), tell)


@contextlib.contextmanager
def _told_with_log(deployment: Deployment) -> Iterator[None]:
    try:
        yield
    except (Refused, Unreachable, AssertionError) as error:
        log = (deployment.engine.state_dir / "ministack.log").read_text(encoding="utf-8", errors="replace")
        raise FlowError(f"{type(error).__name__}: {error}\n{log[-4000:]}") from error


def _begin(deployment: Deployment, place: Path, tell: Callable[[str], None]) -> Opened:
    key = Ed25519PrivateKey.generate()
    os.environ.update(deployment.environment)
    os.environ["SSL_CERT_FILE"] = str(deployment.engine.ca_bundle)
    set_up(deployment, key)
    tell("institution, norm, hours and key set up by the operator's commands alone")
    sender = GatewaySender(deployment, key, place / "journal")
    main, annex = place / "carta.pdf", place / "anexo.png"
    write_pdf(main)
    write_noise(annex)
    answer = sender.deposit(DETAILS, main, [annex], idempotency_key="e2e-1")
    tell(f"deposited {answer['notice_id']}, with an annex of {annex.stat().st_size} bytes by upload")
    check(sender.get_deposit(answer["notice_id"])["notice_id"] == answer["notice_id"], "the deposit can be read")
    month = f"{datetime.fromisoformat(answer['deposited_at']).astimezone(ZoneInfo('America/Lima')):%Y-%m}"
    check([d["notice_id"] for d in sender.list_deposits(month)] == [answer["notice_id"]], "the month lists it")
    check(sender.download_receipt(answer["notice_id"]).startswith(b"%PDF-"), "the receipt can be downloaded")
    tell("read back, listed, receipt downloaded")
    wait_for(lambda: any(EMAIL in mail["To"] for mail in deployment.engine.emails), "an e-mail goes out")
    wait_for(lambda: bool(deployment.engine.text_messages.get(MOBILE)), "an SMS goes out")
    tell("alerts sent by e-mail and SMS")
    remind(deployment, answer["notice_id"])
    tell("reminded of it while nobody has opened it")
    bounce(deployment, answer["notice_id"])
    tell("its e-mail came back: the address marked, another SMS sent")
    check_files(sender, PersonClient(deployment, sender.address), main, annex, tell)
    refuse_stranger(deployment, place, main)
    tell("a stranger's signature refused")
    verify(PersonClient(deployment, sender.address), answer)
    tell("the receipt verified by its code and by its file's hash, at an address that anybody has")
    holder = PersonClient(deployment, sender.address)
    use_mailbox(holder, answer["notice_id"], EMAIL, tell)
    ask_by_every_method(PersonClient(deployment, sender.address), tell)
    small = place / "anexo-pequeño.png"
    write_noise(small, side=100)
    of_console = walk_console(lambda: PersonClient(deployment, sender.address), (main, small), tell)
    opened = Opened(deployment, holder, _open_theirs(deployment, of_console, main, holder), answer["notice_id"], tell)
    tell(f"{opened.notice_id} deposited by the key that the console's coordinator registered, and opened by its holder")
    return opened


def _open_theirs(deployment: Deployment, key: Ed25519PrivateKey, main: Path, holder: PersonClient) -> str:
    """Deposit for the institution of the console, by its own key, and have the holder log in again and open it."""
    sender = GatewaySender(deployment, key, main.with_name("console-journal"), f"{ENTITY}:{CONSOLE_KEY}")
    notice_id = str(sender.deposit(DETAILS, main, idempotency_key="e2e-console")["notice_id"])
    log_in(holder, USERNAME, EMAIL)
    opened = holder.ask("POST", f"/v1/notices/{notice_id}/opening", {}, status=201)
    check(opened["is_first_opening"], "it is opened for the first time")
    return notice_id


def _go_on(opened: Opened) -> None:
    deployment, tell = opened.deployment, opened.tell
    sender = GatewaySender(deployment, Ed25519PrivateKey.generate(), Path("unused"))
    register(deployment, sender)
    tell("a registration waits for the registry, and the person is told")
    enrol_coordinator(deployment)
    check_warned(deployment, run(deployment, "WatchKeys"))
    run_jobs(deployment)
    tell("nightly jobs ran, a coordinator told that the last key ends")
    decide_registrations(deployment)
    tell("a registration under review approved, another refused")
    answer_requests(deployment)
    tell("a request about own data refused, the mailbox closed as its holder asked")
    run_commands(deployment, opened.first_notice_id)
    tell("the operator's commands ran")


def set_up(deployment: Deployment, key: Ed25519PrivateKey) -> None:
    """Have the operator's commands alone make an institution that deposits, as the runbook says; write a mailbox."""
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    today = datetime.now(UTC).date()
    days = f"--from {today - timedelta(days=1)} --until {today + timedelta(days=1)}"
    give(
        deployment,
        f"institutions add --id {INSTITUTION} --name 'Entidad de Demostración' --address 'Av. Ejemplo 1' --phone 000000"
        f" {WHO}",
        f"institutions norm {INSTITUTION} --regime deposit --citation 'D.S. 000-2026-DEMO, art. 2' --default {WHO}",
        f"institutions hours {INSTITUTION} --opens 08:00 --closes 17:00 {WHO}",
        f"keys add {INSTITUTION} --key-id {KEY_ID} --public-key {public} {days} {WHO}",
        f"institutions state {INSTITUTION} active {WHO}",
    )
    tables.bind(Config.from_env(deployment.environment))
    seed_account("u1")
    user = MailboxUser("u1", "Titular de Ejemplo", EMAIL, MOBILE, UserState.ACTIVE, is_principal=True)
    holder = Holder(DocumentType.DNI, "40000002", "QUISPE DEMO MARÍA")
    MailboxStore().put(Mailbox(USERNAME, holder, MailboxState.OPEN, (user,), 1))


def verify(visitor: PersonClient, answer: Mapping[str, Any]) -> None:
    """Verify the receipt as whoever holds it does."""
    sha256 = answer["receipt"]["sha256"]
    for address in (f"/verificar/{answer['verification_code']}", f"/verificar?sha256={sha256}"):
        status, page = visitor.send("GET", address)[:2]
        check((status, sha256 in page) == (200, True), f"{address} answers: {status}")


def refuse_stranger(deployment: Deployment, place: Path, main: Path) -> None:
    """Sign with a key that nobody registered: the gateway is public, the application must refuse."""
    stranger = GatewaySender(deployment, Ed25519PrivateKey.generate(), place / "stranger")
    try:
        stranger.deposit(DETAILS, main, idempotency_key="e2e-2")
    except Refused as refusal:
        check(refusal.status == 401, f"a stranger gets 401, not {refusal.status}")  # noqa: PLR2004 - HTTP's own
        return
    raise AssertionError("a stranger's deposit was accepted")


def register(deployment: Deployment, sender: GatewaySender) -> None:
    """Register as a person: no registry answers here, so it has to be kept, and an e-mail has to say so."""
    form = {
        "person": APPLICANT,
        "phone": MOBILE,
        **dict.fromkeys(("email", "email_again"), APPLICANT_EMAIL),
        "accepted": [{"text": text, "version": version} for text, version in portal_texts().current.items()],
    }
    answer = sender.post_unsigned("/v1/registrations", form)
    check(answer.json().get("state") == "awaiting_registry", f"a registration is kept: {answer.body.decode()}")
    wait_for(lambda: any(APPLICANT_EMAIL in mail["To"] for mail in deployment.engine.emails), "the applicant is told")


def decide_registrations(deployment: Deployment) -> None:
    """Have two registrations wait for a review, and an operator say yes to one and no to the other."""
    registrations = RegistrationStore(tables.bind(Config.from_env(deployment.environment)), bytes(32))
    now = datetime.now(UTC)
    for key, number in (("a", "99000002"), ("b", "99000003")):
        waiting = Registration(
            key=key * 64,
            state=RegistrationState.AWAITING_REVIEW,
            email=APPLICANT_EMAIL,
            phone=Phone(MOBILE, is_mobile=True),
            accepted=(),
            started_at=now,
            expires_at=None,
            document_type=DocumentType.DNI,
            document_number=number,
            registered_name="QUISPE DEMO ROSA",
            review_since=now,
            review_until=now + timedelta(days=5),
        )
        registrations.add(waiting)
    [listed, shown, _, _] = give(
        deployment,
        "registrations list",
        f"registrations show {'A' * 12} {WHO}",
        f"registrations approve {'A' * 12} {WHO}",
        f"registrations refuse {'b' * 64} --because not-shown {WHO}",
    )
    check(listed.count("Solicitud ") == 2, f"both wait: {listed}")  # noqa: PLR2004 - those above
    check(APPLICANT_EMAIL not in listed and APPLICANT_EMAIL in shown, f"one is whole: {listed}\n{shown}")
    check(MailboxStore().find("1-99000002") is not None, "the mailbox is open")
    check(MailboxStore().find("1-99000003") is None, "the other is not")


def remind(deployment: Deployment, notice_id: str) -> None:
    """Have the notice due to be reminded of, and send the reminder."""
    tables.NoticeItem(notice_id).update([tables.NoticeItem.remind_at.set(1)])
    report = run(deployment, "SendReminders")
    check((report["planned"], report["sent"]) == (1, 2), f"a reminder by e-mail and SMS: {report}")


def bounce(deployment: Deployment, notice_id: str) -> None:
    """Report the notice's e-mails as bounced, as SES does, and have the sweeps send what follows."""
    before = len(deployment.engine.text_messages[MOBILE])
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    told = {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": now}
    for purpose in ({}, {"purpose": ["reminder"]}):
        tags = {"notice_id": [notice_id], "user_id": ["u1"], **purpose}
        mail = {"messageId": "e2e", "timestamp": now, "tags": tags}
        message = json.dumps({"eventType": "Bounce", "mail": mail, "bounce": told})
        sns: dict[str, Any] = {"Message": message, "Subject": None, "MessageAttributes": {}}
        report = run(deployment, "RecordDeliveries", {"Records": [{"Sns": sns}]})
        check(report["bounced"] == 1, f"a bounce is recorded: {report}")
    for _ in range(2):
        run(deployment, "SweepAlerts")  # or its schedule, which the engine keeps: whichever is first
    wait_for(lambda: len(deployment.engine.text_messages[MOBILE]) == before + 1, "the other channel is tried, once")
    mailbox = MailboxStore().find(USERNAME)
    check(mailbox is not None and [one.is_dead for one in mailbox.health] == [True], "the address is known as dead")


def run_jobs(deployment: Deployment) -> None:
    """Invoke each scheduled function, which must end without an error under its own policy."""
    for name in (job.name.title().replace("_", "") for job in JOBS if job.trigger == "schedule"):
        run(deployment, name)
