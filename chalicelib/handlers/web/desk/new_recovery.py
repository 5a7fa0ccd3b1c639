"""`/entidad/restauraciones/nueva`: an officer takes a request to restore a password, with the copy of the document."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.desk import desk_tools
from chalicelib.domain.desk.recovery import CAUSE_WORDS
from chalicelib.domain.desk.scan import LARGEST_SCAN
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.typed import compact
from chalicelib.handlers.page import go_to, show_form
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.desk.labels import RECOVERY_LABELS
from chalicelib.handlers.web.desk.officer import at_desk
from chalicelib.handlers.web.institution.composition_fields import DOCUMENT_TYPES, Reader
from chalicelib.handlers.web.multipart import FormFile, read_form
from chalicelib.services.desk.find_user import WantedUser
from chalicelib.services.desk.keep_scan import SentScan
from chalicelib.services.desk.request_recovery import RecoveryRequest, request_recovery

_FORM = "desk/recovery_new.html"
_NONE = FormFile("", b"")
_LONGEST_NUMBER = 20


def show_new(request: PageRequest, staff: SignedIn) -> Response:  # noqa: ARG001 - that they may
    """Ask whose password, why, and for the copy."""
    return _page(request)


def ask_by_form(request: PageRequest, staff: SignedIn) -> Response:
    """Take it, and lead to the list."""
    file = read_form(request.headers.get("content-type", ""), request.body).files.get("file", _NONE)
    try:
        recovery = request_recovery(
            RecoveryRequest(
                request.value("form_id"),
                _wanted(request),
                request.value("cause"),
                SentScan(file.filename, file.content),
            ),
            at_desk(request, staff),
            tools=desk_tools(current()),
        )
    except CasillaError as error:
        return _page(request, error)
    return go_to(f"/entidad/restauraciones?hecho=registrada&numero={recovery.recovery_id}")


def _wanted(request: PageRequest) -> WantedUser:
    reader = Reader(request)
    kind, number = reader.person()
    own = compact(request.value("own_number")[: 2 * _LONGEST_NUMBER]).upper()
    if len(own) > _LONGEST_NUMBER or not own.isascii():
        reader.check(_refuse_own_number, None)
    reader.done()
    return WantedUser(kind, number, own)


def _refuse_own_number() -> None:
    raise InvalidInput("document_number_invalid", "Revisa el número de documento del usuario.", field="own_number")


def _page(request: PageRequest, error: CasillaError | None = None) -> Response:
    shown: dict[str, Any] = {
        "kinds": DOCUMENT_TYPES,
        "causes": [(cause.value, words) for cause, words in CAUSE_WORDS.items()],
        "document_type": request.value("document_type") or "DNI",
        "document_number": request.value("document_number"),
        "own_number": request.value("own_number"),
        "cause": request.value("cause"),
        "form_id": current().chance.new_code(),
        "largest": LARGEST_SCAN,
    }
    return show_form(request, _FORM, error, RECOVERY_LABELS, **shown)
