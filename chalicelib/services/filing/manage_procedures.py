"""Add a procedure, change, retire and take it up again: each change is a version with its event (FIL-1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooLarge, collect, refusal_of
from chalicelib.domain.event import EventType
from chalicelib.domain.filing.procedure import FormFile, Procedure
from chalicelib.domain.filing.procedure_changes import (
    changed_fields,
    next_version,
    require_own_name,
    require_room,
    retire,
    take_up,
    with_form,
)
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import media_type_of
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE
from chalicelib.gateways.files import Files
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.sender.institution_tools import subject_of
from chalicelib.services.upload.judge_file import declared_by, judge_sent_file
from chalicelib.store.filing.procedure_store import ProcedureStore, procedure_changed

FORM_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class ProcedureTools:
    """Where procedures are kept, and who changes them."""

    procedures: ProcedureStore
    act: OperatorAct


@dataclass(frozen=True, slots=True)
class SentForm:
    """A file that a page was sent to be offered for download, and what people are told it is."""

    filename: str
    content: bytes
    title: str


def read_own_procedure(institution_id: str, procedure_id: str, procedures: ProcedureStore) -> Procedure:
    """Return a procedure of an institution as it is now.

    Raises:
        NotFound: `procedure_unknown`.

    """
    found = procedures.find(institution_id, procedure_id)
    if found is None:
        raise NotFound("procedure_unknown", "Tu entidad no tiene ese trámite. Vuelve al catálogo.")
    return found


def require_place(before: Procedure | None, after: Procedure, procedures: ProcedureStore) -> None:
    """Let a new one have room in the catalogue, and what is called anew a name of its own; one call where that may be.

    Raises:
        Conflict: `procedures_full`, `procedure_title_taken`, `procedure_code_taken`.

    """
    is_called_anew = before is None or (before.title, before.code) != (after.title, after.code)
    if is_called_anew or (before is not None and before.is_retired and not after.is_retired):
        entries = procedures.list_for_institution(after.institution_id)
        if before is None:
            require_room([one for one in entries if one.procedure_id != after.procedure_id])
        require_own_name(after, entries)


def add_procedure(procedure: Procedure, tools: ProcedureTools) -> Procedure:
    """Add one as `read_procedure` returns it; the same with the same id again, after a lost answer, adds none.

    Raises:
        Conflict: `procedures_full`, `procedure_title_taken`, `procedure_code_taken`, `procedure_exists`.

    """
    require_place(None, procedure, tools.procedures)
    try:
        _write(None, procedure, EventType.PROCEDURE_ADDED, tools.procedures.add, tools)
    except Conflict:
        found = tools.procedures.find(procedure.institution_id, procedure.procedure_id)
        if found is None or changed_fields(found, procedure):
            raise
        return found
    return procedure


def change_procedure(before: Procedure, after: Procedure, version: int, tools: ProcedureTools) -> Procedure:
    """Change one; where nothing differs, nothing is written. `version` is the one that was shown to who changes it.

    What is so already, since an answer was lost or somebody else did the same, is as wanted whatever was shown.

    Raises:
        Conflict: `procedure_changed`, `procedure_title_taken`, `procedure_code_taken`.

    """
    if not changed_fields(before, after):
        return before
    if before.version != version:
        raise procedure_changed()
    require_place(before, after, tools.procedures)
    changed = next_version(after, tools.act.clock(), tools.act.operator)
    _write(before, changed, EventType.PROCEDURE_CHANGED, tools.procedures.update, tools)
    return changed


def retire_procedure(before: Procedure, version: int, tools: ProcedureTools) -> Procedure:
    """Retire one for the act's reason, which everybody reads; one that is retired already is as wanted.

    Raises:
        Conflict: `procedure_changed`.

    """
    if before.is_retired:
        return before
    return change_procedure(before, retire(before, tools.act.reason, tools.act.clock()), version, tools)


def take_up_procedure(before: Procedure, version: int, tools: ProcedureTools) -> Procedure:
    """Have a retired one count again; one that counts already is as wanted.

    Raises:
        Conflict: `procedure_changed`, `procedure_title_taken`, `procedure_code_taken`.

    """
    return change_procedure(before, take_up(before), version, tools) if before.is_retired else before


def add_form(before: Procedure, sent: SentForm, version: int, *, files: Files, tools: ProcedureTools) -> Procedure:
    """Keep a form to download, inspected like every file, under its hash; it is kept before it is named.

    Raises:
        InvalidInput: all that is wrong: `file_missing`, `form_type_wrong`, `form_title_invalid`,
            `form_there_already`, or as the inspection.
        TooLarge: `file_too_large`.
        Conflict: `forms_full`, `procedure_changed`.
        Unavailable: `store_unavailable`, `files_unavailable`.

    """
    problems: list[InvalidInput] = []
    nothing = FormFile("", sent.title, "", 0, "")
    form = collect(problems, lambda: _inspected(before, sent), nothing)
    after = collect(problems, lambda: with_form(before, form), before)
    if problems:
        raise refusal_of(problems)
    if before.version != version:
        raise procedure_changed()
    files.put_document(form.key, sent.content, FORM_TYPE)
    return change_procedure(before, after, version, tools)


def _inspected(procedure: Procedure, sent: SentForm) -> FormFile:
    if not sent.filename or not sent.content:
        raise InvalidInput("file_missing", "Elige el archivo del formulario.", field="file")
    if len(sent.content) > MAX_INLINE_SIZE:
        raise TooLarge("file_too_large", "El archivo pasa de 4 MB. Guárdalo con menos detalle.", field="file")
    if media_type_of(sent.filename) != FORM_TYPE:
        raise InvalidInput("form_type_wrong", "El formulario va en PDF.", field="file")
    verdict = judge_sent_file(sent.content, sent.filename, FileRole.ANNEX)
    if verdict.problems:
        raise refusal_of([InvalidInput(one.code, one.detail, field="file") for one in verdict.problems])
    name = declared_by(sent.content, sent.filename).filename
    key = f"procedures/{procedure.institution_id}/{verdict.sha256}"
    return FormFile(name, sent.title, verdict.sha256, verdict.size, key)


def _write(
    before: Procedure | None,
    after: Procedure,
    kind: EventType,
    write: Callable[..., None],
    tools: ProcedureTools,
) -> None:
    told = {
        "procedure_id": after.procedure_id,
        "change": ", ".join(changed_fields(before, after)),
        "version": str(after.version),
    }
    write(after, tools.act.event(subject_of(after.institution_id), kind, after.changed_at, **told))
