"""`/convenio`: an institution that is not on the platform yet applies for an agreement (INS-2).

Its e-mail is verified first: a link leads to the form, which is sent with the signed document.
"""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.agreement import application_tools
from chalicelib.domain.agreement.agreement import Modality
from chalicelib.domain.agreement.application import LONGEST, ApplicationState
from chalicelib.domain.contact import read_email
from chalicelib.domain.errors import CasillaError, NotFound, refusal_of, refusals
from chalicelib.domain.typed import plain
from chalicelib.handlers.commands.access import read_captcha
from chalicelib.handlers.page import go_to, show, show_form, tell
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.access.captcha import captcha_asked
from chalicelib.handlers.web.agreement.agreement_view import sent_file
from chalicelib.handlers.web.agreement.labels import AGREEMENT_LABELS
from chalicelib.handlers.web.multipart import with_texts
from chalicelib.renderers.agreement.agreement_words import MODALITY_WORDS
from chalicelib.renderers.printable import check_printable
from chalicelib.services.agreement.apply_for_agreement import (
    ApplicationLink,
    SentPdf,
    apply_for_agreement,
    ask_application_link,
    open_application_link,
)
from chalicelib.services.agreement.keep_document import LARGEST_DOCUMENT

PERSON_FIELDS = ("name", "document_number", "position", "email", "mobile")
FIELDS = (
    *("institution_name", "ruc", "address", "phone", "authority_kind", "authority_name", "authority_document"),
    *("authority_position", "modality", *(f"coordinator_{one}" for one in PERSON_FIELDS)),
)
_LONGEST = 500
_LONGEST_EMAIL = 300


def show_start(request: PageRequest) -> Response:
    """Say what is needed, and ask for the institution's e-mail."""
    return _start_page(request)


def start_by_form(request: PageRequest) -> Response:
    """Send the link to the form; the answer is the same for every address."""
    box = current()
    try:
        captcha = read_captcha(request.fields(captcha=True))
        email = read_email(plain(request.value("email")[:_LONGEST_EMAIL]), field="email")
        ask_application_link(email, captcha, origin=request.origin, tools=application_tools(box), now=box.clock())
    except CasillaError as error:
        return _start_page(request, error)
    return tell(request, "agreement/link_sent.html", email=email)


def show_application(request: PageRequest, link: str) -> Response:
    """Show the form behind a link, or what became of the application that came by it."""
    return _application_page(request, link)


def apply_by_form(request: PageRequest, link: str) -> Response:
    """Keep the application; sent twice it is one."""
    box, tools = current(), application_tools(current())
    file, request = sent_file(request), with_texts(request)
    try:
        found = open_application_link(link, tools=tools, now=box.clock())
        typed = {name: request.value(name)[:_LONGEST] for name in FIELDS}
        if found.application is None and (problems := _unprintable(typed)):
            raise refusal_of(problems)
        sent = SentPdf(file.filename, file.content)
        apply_for_agreement(found, typed, sent, origin=request.origin, tools=tools, now=box.clock())
    except NotFound as error:
        return tell(request, "agreement/link_over.html", status=410, detail=error.detail)
    except CasillaError as error:
        return _application_page(request, link, error)
    return go_to(request.path)


def _unprintable(typed: dict[str, str]) -> tuple[CasillaError, ...]:
    return refusals(*((lambda name=name: check_printable(typed[name], field=name)) for name in LONGEST))


def _start_page(request: PageRequest, error: CasillaError | None = None) -> Response:
    captcha, email = captcha_asked(request, error), request.value("email")
    return show_form(request, "agreement/start.html", error, AGREEMENT_LABELS, captcha=captcha, email=email)


def _application_page(request: PageRequest, link: str, error: CasillaError | None = None) -> Response:
    box = current()
    try:
        found = open_application_link(link, tools=application_tools(box), now=box.clock())
    except NotFound as over:
        return tell(request, "agreement/link_over.html", status=410, detail=over.detail)
    if found.application is not None:
        return show(request, "agreement/applied.html", application=found.application, states=ApplicationState)
    return show_form(request, "agreement/application.html", error, AGREEMENT_LABELS, **_shown(request, found))


def _shown(request: PageRequest, link: ApplicationLink) -> dict[str, Any]:
    return {
        "email": link.email,
        "typed": {name: request.value(name) for name in FIELDS},
        "modalities": [(one.value, MODALITY_WORDS[one]) for one in Modality],
        "kinds": [("authority", "Soy la máxima autoridad"), ("delegate", "Soy su delegado")],
        "largest": LARGEST_DOCUMENT,
    }
