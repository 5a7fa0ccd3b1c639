"""`/entidad/casillas/nuevo`: an officer takes a request on paper to change a mailbox, with its document."""

from __future__ import annotations

from functools import partial
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import petition_tools
from chalicelib.domain.contact import read_email, read_mobile
from chalicelib.domain.desk.petition import CAUSE_WORDS, CAUSES, KIND_WORDS, PetitionKind
from chalicelib.domain.desk.scan import LARGEST_SCAN
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.identity_document import check_document_number, read_document_number
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.mailbox import DocumentType, Power
from chalicelib.domain.official_name import check_person_name
from chalicelib.domain.people.mailbox_users import LONGEST_FULL_NAME, PERSON_DOCUMENTS, TypedUser
from chalicelib.domain.typed import compact, tidy
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.desk.labels import PETITION_LABELS
from chalicelib.handlers.web.desk.officer import at_desk
from chalicelib.handlers.web.institution.composition_fields import DOCUMENT_TYPES, Reader
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.services.desk.find_user import WantedUser
from chalicelib.services.desk.keep_scan import SentScan
from chalicelib.services.desk.petitions import PetitionForm, take_petition

_FORM, _LIST = "desk/petition_new.html", "/entidad/casillas"
_NONE = FormFile("", b"")
_LONGEST = 200
_TYPED = (
    *("document_type", "document_number", "own_number", "cause", "page", "entry"),
    *("person_type", "person_number", "person_name", "person_email", "person_mobile"),
)


def show_new(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that they may
    """Ask for whom, what and why, and for the document."""
    kind = _kind(request)
    return go_to(_LIST) if kind is None else _page(request, kind)


def ask_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Take it, and lead to the list."""
    kind = _kind(request)
    if kind is None:
        return go_to(_LIST)
    file = read_form(request.headers.get("content-type", ""), request.body).files.get("file", _NONE)
    try:
        petition = take_petition(
            _read(request, kind, SentScan(file.filename, file.content)),
            at_desk(request, staff),
            tools=petition_tools(current()),
        )
    except CasillaError as error:
        return _page(request, kind, error)
    done = "registrado" if petition.told_at else "sin_aviso"
    return go_to(f"{_LIST}?hecho={done}&numero={petition.petition_id}")


def _read(request: PageRequest, kind: PetitionKind, scan: SentScan) -> PetitionForm:
    reader = Reader(request)
    holder = reader.person()
    own = compact(request.value("own_number")[:_LONGEST]).upper()
    person = _person(request, reader) if kind is PetitionKind.PRINCIPAL else None
    reader.done()
    power = Power(page=tidy(request.value("page"))[:_LONGEST], entry=tidy(request.value("entry"))[:_LONGEST])
    return PetitionForm(
        petition_id=request.value("form_id"),
        kind=kind.value,
        cause=request.value("cause"),
        wanted=WantedUser(*holder, own),
        scan=scan,
        person=person,
        power=power,
    )


def _person(request: PageRequest, reader: Reader) -> TypedUser:
    kinds = {one.value: one for one in PERSON_DOCUMENTS}
    kind = reader.choice("person_type", kinds, DocumentType.DNI)
    number = read_document_number(kind, request.value("person_number")[:_LONGEST])
    name = tidy(request.value("person_name")[:_LONGEST])
    email, mobile = tidy(request.value("person_email")[:_LONGEST]), request.value("person_mobile")[:_LONGEST]
    reader.check(partial(check_document_number, kind, number, field="person_number"), None)
    reader.check(partial(check_person_name, name, field="person_name", longest=LONGEST_FULL_NAME), None)
    email = reader.check(partial(read_email, email, field="person_email"), "")
    mobile = reader.check(partial(read_mobile, mobile, field="person_mobile"), "")
    return TypedUser(document_type=kind.value, document_number=number, name=name, email=email, mobile=mobile)


def _kind(request: PageRequest) -> PetitionKind | None:
    asked = request.value("change") or request.asked("cambio")
    return next((one for one in PetitionKind if one == asked), None)


def _page(request: PageRequest, kind: PetitionKind, error: CasillaError | None = None) -> Response:
    shown: dict[str, Any] = {
        "change": kind.value,
        "heading": KIND_WORDS[kind],
        "is_of_user": kind in {PetitionKind.DISABLE, PetitionKind.ENABLE},
        "kinds": DOCUMENT_TYPES,
        "person_kinds": [(key, words) for key, words in DOCUMENT_TYPES if key != DocumentType.RUC.value],
        "causes": [(cause.value, CAUSE_WORDS[cause]) for cause in CAUSES[kind]],
        "typed": {name: request.value(name) for name in _TYPED},
        "form_id": current().chance.new_code(),
        "largest": LARGEST_SCAN,
    }
    return show_form(request, _FORM, error, PETITION_LABELS, at=f"{_LIST}/nuevo?cambio={kind.value}", **shown)
