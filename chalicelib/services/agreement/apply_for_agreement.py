"""Apply for an agreement: an e-mail is verified first, by a link that leads to the form and counts for one application.

So nothing is kept of who cannot read the institution's e-mail, and no document is taken from them (INS-2, ACC-9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.token import VALID_FOR, NewToken, TokenKind
from chalicelib.domain.agreement.application import Application, read_application
from chalicelib.domain.errors import InvalidInput, NotFound, collect, refusal_of
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.limit import Limit
from chalicelib.renderers.agreement.application_letters import application_link_letter, applied_letter
from chalicelib.services.access.admit_login import Caller
from chalicelib.services.access.send_access_mail import Mailed, admit_request, send_unless_served
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.agreement.keep_document import DocumentTools, check_document, keep_document
from chalicelib.services.institution.send_staff_letter import send_staff_letter
from chalicelib.services.institution.tools import StaffTools
from chalicelib.store.agreement.application_store import ApplicationChanged, ApplicationStore

_KIND = TokenKind.AGREEMENT_LINK
TRIES_PER_LINK = Limit("agreement-link", 30, 24 * 60 * 60)
"""Refuses: forms sent behind one link in a day, each of which may have a document inspected."""


@dataclass(frozen=True, slots=True)
class ApplicationTools:
    """What applications go through."""

    applications: ApplicationStore
    documents: DocumentTools
    access: AccessTools
    staff: StaffTools
    new_code: Callable[[], str]


@dataclass(frozen=True, slots=True)
class ApplicationLink:
    """Whose link it is, and the application that came by it, if one did."""

    email: str
    application_id: str
    application: Application | None


@dataclass(frozen=True, slots=True)
class SentPdf:
    """The document that came with a form."""

    filename: str
    content: bytes


def ask_application_link(
    email: str, captcha: CaptchaAnswer | None, *, origin: str, tools: ApplicationTools, now: datetime
) -> None:
    """Send the link by which an institution applies, or lead to the one that was just sent.

    Raises:
        CaptchaWrong: `captcha_needed` or `captcha_wrong`.
        TooManyRequests: `budget_spent`.
        Unavailable: the e-mail cannot be sent now.

    """
    access = tools.access
    about = f"agreement#{email.casefold()}"
    asked = admit_request(about, captcha, caller=Caller(origin), tools=access, now=now)
    secret, until = access.new_secret(), now + VALID_FOR[_KIND]
    data = {"email": email, "application_id": tools.new_code()}
    token = NewToken(_KIND, secret, now, until, data=data)
    letter = application_link_letter(f"{access.portal_url}/convenio/{secret}", until, access.letterhead)

    def issue(is_sent: bool) -> None:
        if is_sent:
            access.tokens.issue(token)

    digest, to = access.sent_mails.digest(about, secret), keyed_hash(access.pepper, "agreement", email.casefold())
    send_unless_served(asked, Mailed(digest, lambda _: letter, email, to), issue, tools=access, now=now)


def open_application_link(secret: str, *, tools: ApplicationTools, now: datetime) -> ApplicationLink:
    """Return whose link it is; nothing is used up. What was applied by it can be seen after its time, too.

    Raises:
        NotFound: `link_unusable`.

    """
    token = tools.access.tokens.find(_KIND, secret)
    if token is None:
        raise _unusable()
    application_id = str(token.data["application_id"])
    application = tools.applications.find(application_id)
    if application is None and not token.is_valid_at(now):
        raise _unusable()
    return ApplicationLink(str(token.data["email"]), application_id, application)


def apply_for_agreement(  # noqa: PLR0913 - what was sent, behind which link, from where
    link: ApplicationLink,
    typed: Mapping[str, str],
    sent: SentPdf,
    *,
    origin: str,
    tools: ApplicationTools,
    now: datetime,
) -> Application:
    """Keep an application with its document; the same link again leads to the one that is there.

    Raises:
        InvalidInput, TooLarge: all that is wrong of fields and document, each with its field.
        TooManyRequests: `limit_reached`.
        Unavailable: it was not kept.

    """
    if link.application is not None:
        return link.application
    limit = TRIES_PER_LINK
    key = limit.key(link.application_id)
    tools.access.limits.spend(key, limit=limit.limit, window_s=limit.window_s, now=now)
    problems: list[InvalidInput] = []
    read = collect(
        problems,
        lambda: read_application(typed, application_id=link.application_id, email=link.email, now=now),
        None,
    )
    collect(
        problems, lambda: check_document(sent.filename, sent.content, field="file", what="el documento firmado"), None
    )
    if problems or read is None:
        raise refusal_of([part for one in problems for part in (one.problems or (one,))])
    owner = f"application-{link.application_id}"
    document = keep_document(owner, sent.filename, sent.content, field="file", tools=tools.documents)
    application = replace(read, document=document)
    event = Event(
        f"application#{link.application_id}",
        EventType.AGREEMENT_APPLIED,
        now,
        tools.access.new_event_id(),
        "unknown",
        origin,
        {"modality": application.modality, "document_sha256": document.sha256},
    )
    try:
        tools.applications.add(application, event)
    except ApplicationChanged:
        found = tools.applications.find(link.application_id)
        if found is None:
            raise
        return found
    letter = applied_letter(application.application_id, application.institution_name)
    send_staff_letter(letter, application.email, tools=tools.staff, now=now)
    return application


def _unusable() -> NotFound:
    return NotFound("link_unusable", "Este enlace venció o no es válido. Pide otro en «Solicitar un convenio».")
