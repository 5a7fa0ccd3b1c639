"""The form of a procedure: typed, looked at as everybody will read it, and published as a new version (FIL-1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.filing import procedure_store
from chalicelib.bootstrap.institution import office_store, staff_store
from chalicelib.domain.codes import parse_code
from chalicelib.domain.errors import CasillaError, InvalidInput, refusal_of, refusals
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.filing.procedure_changes import changed_fields, new_procedure
from chalicelib.domain.filing.typed_procedure import (
    LONGEST,
    MOST_DAYS,
    TYPED_FIELDS,
    TypedProcedure,
    read_procedure,
    typed_of,
)
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.domain.sender.office import Office
from chalicelib.domain.typed import tidy
from chalicelib.handlers.page import answer_form, go_to, show, show_form
from chalicelib.handlers.page_request import KeptAnswer, PageRequest
from chalicelib.handlers.web.filing.console.procedure_view import (
    BASE,
    NEW,
    done,
    find_procedure,
    procedure_tools,
    seen_version,
    shown_of,
)
from chalicelib.handlers.web.filing.labels import FILING_LABELS
from chalicelib.renderers.filing.procedure_words import ANSWER_CHOICES, KIND_WORDS, change_words
from chalicelib.renderers.printable import check_printable
from chalicelib.services.filing.manage_procedures import add_procedure, change_procedure, require_place

_FORM, _CHECK = "filing/procedure_form.html", "filing/procedure_check.html"
_LONGEST = 20_000
"""Letters taken of a field, so that a longer one is refused by its length and not cut."""
_LONGEST_ID = 20
_LINES = ("description", "requirements", "optional")


def show_new(request: PageRequest, staff: SignedIn) -> Response:
    """Ask for a new one's data, or show what was typed as it will be read."""
    return _page(request, staff, None)


def show_change(request: PageRequest, staff: SignedIn, procedure: Procedure) -> Response:
    """Ask what changes, or show it as it will be read."""
    return _page(request, staff, procedure)


def save_by_form(request: PageRequest, staff: SignedIn, procedure_id: str) -> Response:
    """Show what was typed as it will be read; from there publish it, or go back to the form."""
    before = None if procedure_id == NEW else find_procedure(staff, procedure_id)
    offices = _offices(staff)
    step = request.value("step")
    if step == "corregir":
        return answer_form(request, KeptAnswer(template=_FORM), at=_at(before), **_form(request, before, offices))
    try:
        after = _read(request, staff, before, offices)
        if step != "publicar":
            require_place(before, after, procedure_store(current()))
            kept = KeptAnswer(template=_CHECK)
            return answer_form(request, kept, at=_at(before), **_check(request, before, after, offices))
        return _publish(request, staff, before, after)
    except CasillaError as error:
        return show_form(request, _FORM, error, FILING_LABELS, at=_at(before), **_form(request, before, offices))


def _publish(request: PageRequest, staff: SignedIn, before: Procedure | None, after: Procedure) -> Response:
    tools = procedure_tools(request, staff)
    if before is None:
        return done("publicado", add_procedure(after, tools).procedure_id)
    changed = change_procedure(before, after, seen_version(request), tools)
    return done("igual" if changed == before else "cambiado", before.procedure_id)


def _page(request: PageRequest, staff: SignedIn, before: Procedure | None) -> Response:
    offices = _offices(staff)
    if request.answer is not None and request.answer.template == _CHECK:
        try:
            after = _read(request, staff, before, offices)
        except CasillaError:  # an office was closed meanwhile: the form says so once it is sent
            return go_to(_at(before))
        return show(request, _CHECK, **_check(request, before, after, offices))
    return show(request, _FORM, **_form(request, before, offices))


def _read(request: PageRequest, staff: SignedIn, before: Procedure | None, offices: tuple[Office, ...]) -> Procedure:
    box = current()
    begun = before or new_procedure(staff.own.institution_id, _new_id(request), box.clock(), staff.member.actor)
    typed, open_ones = _typed(request), {one.office_id for one in offices if not one.is_closed}
    problems = refusals(lambda: read_procedure(typed, begun, open_ones), *_printable(typed))
    if problems:
        raise refusal_of(sorted(problems, key=lambda one: _rank(one.field)))
    return read_procedure(typed, begun, open_ones)


def _new_id(request: PageRequest) -> str:
    """Return the id that a new one got when it was looked at, so that the button pressed twice publishes one."""
    try:
        return parse_code(request.value("procedure_id")[:_LONGEST_ID])
    except InvalidInput:
        return current().chance.new_code()


def _printable(typed: TypedProcedure) -> list[Any]:
    """Return checks of what was typed for what no document of ours can print, a line at a time."""
    texts = [
        (name, line)
        for name in TYPED_FIELDS
        if name in LONGEST
        for line in (getattr(typed, name).splitlines() if name in _LINES else [getattr(typed, name)])
    ]
    return [lambda name=name, line=line: check_printable(tidy(line), field=name) for name, line in texts]


def _rank(field: str | None) -> int:
    return TYPED_FIELDS.index(field) if field in TYPED_FIELDS else len(TYPED_FIELDS)


def _typed(request: PageRequest) -> TypedProcedure:
    return TypedProcedure(**{name: request.value(name)[:_LONGEST] for name in TYPED_FIELDS})


def _form(request: PageRequest, before: Procedure | None, offices: tuple[Office, ...]) -> dict[str, Any]:
    typed = typed_of(before) if before is not None and "title" not in request.form else _typed(request)
    listed = [one for one in offices if not one.is_closed or (before and one.office_id == before.office_id)]
    return {
        "procedure": before,
        "typed": typed,
        "kinds": [(kind.value, words) for kind, words in KIND_WORDS.items()],
        "answers": tuple(ANSWER_CHOICES.items()),
        "offices": [("", "No se indica"), *((one.office_id, one.name) for one in listed)],
        "longest": LONGEST,
        "most_days": MOST_DAYS,
        "back_to": BASE if before is None else f"{BASE}/{before.procedure_id}",
        "action": f"{BASE}/{NEW if before is None else before.procedure_id}",
        "version": _shown_version(request, before),
    }


def _check(
    request: PageRequest, before: Procedure | None, after: Procedure, offices: tuple[Office, ...]
) -> dict[str, Any]:
    typed: Mapping[str, str] = {name: getattr(_typed(request), name) for name in TYPED_FIELDS}
    who = staff_store(current()).list_for_institution(after.institution_id)
    return {
        **shown_of(after, offices),
        "typed": typed,
        "is_new": before is None,
        "is_unattended": not any(reaches(one, Act.ATTEND, after.office_id) for one in who),
        "changes": "" if before is None else change_words(changed_fields(before, after)),
        "action": f"{BASE}/{NEW if before is None else before.procedure_id}",
        "version": _shown_version(request, before),
    }


def _shown_version(request: PageRequest, before: Procedure | None) -> int:
    """Return the version that the form was made of: what was typed on an older one stays on that."""
    return seen_version(request) or (0 if before is None else before.version)


def _offices(staff: SignedIn) -> tuple[Office, ...]:
    return office_store(current()).list_for_institution(staff.own.institution_id)


def _at(before: Procedure | None) -> str:
    return f"{BASE}/{NEW}" if before is None else f"{BASE}/{before.procedure_id}/cambiar"
