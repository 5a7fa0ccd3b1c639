"""Rules of a catalogue: how a procedure begins, changes, is retired and taken up again; no version changes (FIL-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.filing.catalogue import CatalogueEntry
from chalicelib.domain.filing.procedure import AnswerTerm, FormFile, Procedure, ProcedureKind
from chalicelib.domain.reading.text_fold import fold_text
from chalicelib.domain.typed import tidy

MOST_PROCEDURES = 600
"""Of one institution, retired ones too: its catalogue is read and listed whole."""
MOST_FORMS = 10
LONGEST_FORM_TITLE = 120
_UNTOLD = {"institution_id", "procedure_id", "version", "changed_at", "changed_by"}


def new_procedure(institution_id: str, procedure_id: str, at: datetime, by: str) -> Procedure:
    """Return one with nothing in it, to be filled by `read_procedure`; its first version is 1."""
    nothing = AnswerTerm(None, None, "")
    return Procedure(
        institution_id=institution_id,
        procedure_id=procedure_id,
        version=1,
        kind=ProcedureKind.TUPA,
        code="",
        title="",
        description="",
        norm="",
        requirements=(),
        forms=(),
        cost_cents=None,
        cost_note="",
        answer_term=nothing,
        office_id=None,
        keywords=(),
        retired_at=None,
        changed_at=at,
        changed_by=by,
    )


def next_version(after: Procedure, at: datetime, by: str) -> Procedure:
    """Return a changed procedure as the version after the one it was made of."""
    return replace(after, version=after.version + 1, changed_at=at, changed_by=by)


def changed_fields(before: Procedure | None, after: Procedure) -> tuple[str, ...]:
    """Return the names of what differs, in order; of a new one, of what it has."""
    return tuple(_changed(before, after))


def require_room(entries: Sequence[CatalogueEntry]) -> None:
    """Let an institution have no more procedures than its catalogue lists.

    Raises:
        Conflict: `procedures_full`.

    """
    if len(entries) >= MOST_PROCEDURES:
        detail = f"El catálogo ya tiene {MOST_PROCEDURES} trámites, con los retirados: cambia uno retirado."
        raise Conflict("procedures_full", detail)


def require_own_name(procedure: Procedure, entries: Sequence[CatalogueEntry]) -> None:
    """Let no two procedures that an institution attends to have the same title or code: people tell them apart by it.

    Raises:
        Conflict: `procedure_title_taken`, `procedure_code_taken`.

    """
    others = [one for one in entries if one.procedure_id != procedure.procedure_id and not one.is_retired]
    if any(fold_text(one.title) == fold_text(procedure.title) for one in others):
        detail = "Otro trámite vigente ya se llama así. Escribe otro nombre, o cambia aquel."
        raise Conflict("procedure_title_taken", detail, field="title")
    if procedure.code and any(fold_text(one.code) == fold_text(procedure.code) for one in others):
        detail = "Otro trámite vigente ya tiene ese código. Escribe otro, o déjalo vacío."
        raise Conflict("procedure_code_taken", detail, field="tupa_code")


def with_form(procedure: Procedure, form: FormFile) -> Procedure:
    """Add a form to download, after those there are.

    Raises:
        InvalidInput: `form_title_invalid`, `form_there_already`.
        Conflict: `forms_full`.

    """
    title = tidy(form.title)
    if not title or len(title) > LONGEST_FORM_TITLE:
        detail = f"Escribe cómo se llama el formulario, de 1 a {LONGEST_FORM_TITLE} letras."
        raise InvalidInput("form_title_invalid", detail, field="form_title")
    if any(one.sha256 == form.sha256 for one in procedure.forms):
        raise InvalidInput("form_there_already", "Ese mismo archivo ya está en el trámite.", field="file")
    if len(procedure.forms) >= MOST_FORMS:
        raise Conflict("forms_full", f"Un trámite tiene hasta {MOST_FORMS} formularios: quita uno antes.")
    return replace(procedure, forms=(*procedure.forms, replace(form, title=title)))


def without_form(procedure: Procedure, sha256: str) -> Procedure:
    """Take a form out; earlier versions keep theirs. One that is gone already is as wanted."""
    return replace(procedure, forms=tuple(one for one in procedure.forms if one.sha256 != sha256))


def find_form(procedure: Procedure, sha256: str) -> FormFile:
    """Return a form of a version by its hash.

    Raises:
        NotFound: `form_unknown`.

    """
    found = next((one for one in procedure.forms if one.sha256 == sha256), None)
    if found is None:
        raise NotFound("form_unknown", "Este trámite no tiene ese formulario. Vuelve a su página.")
    return found


def retire(procedure: Procedure, reason: str, at: datetime) -> Procedure:
    """Retire one: it can be read, and says why."""
    return procedure if procedure.is_retired else replace(procedure, retired_at=at, retired_reason=reason)


def take_up(procedure: Procedure) -> Procedure:
    """Have a retired one count again."""
    return replace(procedure, retired_at=None, retired_reason="") if procedure.is_retired else procedure


def _changed(before: Procedure | None, after: Procedure) -> Iterator[str]:
    for name in (field.name for field in fields(Procedure) if field.name not in _UNTOLD):
        new = getattr(after, name)
        is_told = bool(new) if before is None else getattr(before, name) != new
        if is_told:
            yield name
