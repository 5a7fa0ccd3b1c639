"""The body of a deposit, from JSON to a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

from chalicelib.domain.codes import parse_code
from chalicelib.domain.deadline import Regime, Term, parse_term
from chalicelib.domain.deposit.deposit import DepositCommand, SentFile
from chalicelib.domain.errors import InvalidInput, TooLarge, collect, refusal_of, refusals
from chalicelib.domain.identity_document import check_document_number, mailbox_id_for
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import MAX_REMEDIES, CaseFile, Document, FileRole, Remedy
from chalicelib.domain.upload.upload import MAX_ANNEXES, MAX_INLINE_SIZE, check_declared, is_upload_id
from chalicelib.handlers.api.upload.declared_file import printable, read_content, read_declared
from chalicelib.handlers.fields import Fields, read_json
from chalicelib.services.deposit.settle_files import inspect_sent

Problems = list[InvalidInput]
_T = TypeVar("_T")
_NEVER = datetime.min.replace(tzinfo=UTC)
_NUMBER, _NAME, _SUBJECT, _TYPE = 100, 200, 2000, 100


def read_deposit(body: bytes, prefixes: Mapping[DocumentType, str]) -> DepositCommand:
    """Read a deposit, and tell all that is wrong with it at once, also with the bytes of its files.

    Raises:
        InvalidInput: naming the field; `text_unprintable` for letters the receipt cannot print.
        TooLarge: `inline_too_large` above 4 MiB of files inside the request, `file_too_large`.

    """
    fields = read_json(body)
    problems: Problems = []
    mailbox_id = _part(fields, "recipient", partial(_recipient, prefixes), problems)
    case_file = _part(fields, "case_file", _case_file, problems)
    document = _part(fields, "document", _document, problems)
    regime, regimes = None, ", ".join(Regime)
    if fields.has("regime"):
        regime = collect(problems, lambda: fields.choice("regime", Regime, regimes), None)
    term, place = _part(fields, "term", _placed_term, problems) or (None, None) if fields.has("term") else (None, None)
    replaces = collect(problems, partial(_notice_number, fields), None) if fields.has("replaces") else None
    answers = collect(problems, partial(_filing_id, fields), None) if fields.has("answers_filing") else None
    files = _files(fields, problems)
    collect(problems, fields.close, None)
    if problems or mailbox_id is None or case_file is None or document is None:
        inline = [partial(inspect_sent, file, file.content) for file in files if file.content is not None]
        raise refusal_of([*problems, *refusals(*inline)])
    return DepositCommand(mailbox_id, case_file, document, regime, term, files, place, replaces, answers)


def _notice_number(fields: Fields) -> str:
    """Return the number of the notice that is to be replaced, however it is written."""
    try:
        return parse_code(fields.text("replaces", longest=_NUMBER))
    except InvalidInput as error:
        if error.code != "code_invalid":
            raise
        detail = "El campo «replaces» no es un número de notificación. Copie el «notice_id» que dio su depósito."
        raise InvalidInput("replaces_invalid", detail, field="replaces") from None


def _filing_id(fields: Fields) -> str:
    """Return the id of the filing that is answered, however it is written."""
    try:
        return parse_code(fields.text("answers_filing", longest=_NUMBER))
    except InvalidInput as error:
        if error.code != "code_invalid":
            raise
        detail = "El campo «answers_filing» no es de una presentación. Copie el «filing_id» que da GET /v1/filings."
        raise InvalidInput("answers_filing_invalid", detail, field="answers_filing") from None


def _part(fields: Fields, name: str, read: Callable[[Fields, Problems], _T], problems: Problems) -> _T | None:
    part = collect(problems, lambda: fields.object(name), None)
    return None if part is None else read(part, problems)


def _recipient(prefixes: Mapping[DocumentType, str], fields: Fields, problems: Problems) -> str | None:
    kinds = ", ".join(DocumentType)
    document_type = collect(problems, lambda: fields.choice("document_type", DocumentType, kinds), None)
    number = collect(problems, lambda: fields.text("document_number", longest=_NUMBER), None)
    collect(problems, fields.close, None)
    if document_type is None or number is None:
        return None
    check = partial(check_document_number, document_type, number, field=fields.where("document_number"))
    before = len(problems)
    collect(problems, check, None)
    return mailbox_id_for(document_type, number, prefixes) if len(problems) == before else None


def _case_file(fields: Fields, problems: Problems) -> CaseFile:
    number = _text(fields, "number", _NUMBER, problems)
    case_file = CaseFile(number, opened_on=collect(problems, lambda: fields.day("opened_on"), date.min))
    collect(problems, fields.close, None)
    return case_file


def _document(fields: Fields, problems: Problems) -> Document:
    document = Document(
        type=_text(fields, "type", _TYPE, problems),
        number=_text(fields, "number", _NUMBER, problems),
        subject=_text(fields, "subject", _SUBJECT, problems),
        issued_at=collect(problems, lambda: fields.instant("issued_at"), _NEVER),
        office=_text(fields, "office", _NAME, problems),
        signed_by=_text(fields, "signed_by", _NAME, problems),
        prepared_by=_text(fields, "prepared_by", _NAME, problems),
    )
    in_force_from, ends_path = None, None
    if fields.has("in_force_from"):
        in_force_from = collect(problems, lambda: fields.day("in_force_from"), None)
    if fields.has("ends_administrative_path"):
        ends_path = collect(problems, lambda: fields.flag("ends_administrative_path"), None)
    remedies = _remedies(fields, problems)
    collect(problems, fields.close, None)
    return replace(document, in_force_from=in_force_from, ends_administrative_path=ends_path, remedies=remedies)


def _remedies(fields: Fields, problems: Problems) -> tuple[Remedy, ...]:
    nothing: list[Fields] = []
    given = collect(problems, lambda: fields.objects("remedies", most=MAX_REMEDIES), nothing)
    return tuple(filter(None, (_remedy(remedy, problems) for remedy in given)))


def _remedy(fields: Fields, problems: Problems) -> Remedy | None:
    name = _text(fields, "name", _NAME, problems)
    body = _text(fields, "body", _NAME, problems)
    term = _part(fields, "term", _term, problems)
    collect(problems, fields.close, None)
    return None if term is None else Remedy(name, body, term)


def _text(fields: Fields, name: str, longest: int, problems: Problems) -> str:
    return collect(problems, lambda: printable(fields, name, longest), "")


def _placed_term(fields: Fields, problems: Problems) -> tuple[Term | None, str | None]:
    place = _text(fields, "place", _NAME, problems) if fields.has("place") else None
    return _term(fields, problems), place


def _term(fields: Fields, problems: Problems) -> Term | None:
    amount = collect(problems, lambda: fields.integer("amount"), None)
    unit = collect(problems, lambda: fields.text("unit", longest=_TYPE), None)
    term = None
    if amount is not None and unit is not None:
        term = collect(problems, partial(parse_term, amount, unit, field=fields.where("")[:-1]), None)
    collect(problems, fields.close, None)
    return term


def _files(fields: Fields, problems: Problems) -> tuple[SentFile, ...]:
    main = collect(problems, lambda: fields.object("main"), None)
    nothing: list[Fields] = []
    annexes = collect(problems, lambda: fields.objects("annexes", most=MAX_ANNEXES), nothing)
    given = [(FileRole.MAIN, main)] if main is not None else []
    given += [(FileRole.ANNEX, annex) for annex in annexes]
    left = MAX_INLINE_SIZE
    files = []
    for role, file_fields in given:
        file = _file(role, file_fields, left, problems)
        if file is not None:
            left -= len(file.content or b"")
            files.append(file)
    return tuple(files)


def _file(role: FileRole, fields: Fields, left: int, problems: Problems) -> SentFile | None:
    """Return a file, or None where not all of it could be read."""
    before, field = len(problems), fields.where("")[:-1]
    declared = collect(problems, lambda: read_declared(fields), None)
    if declared is not None:
        collect(problems, partial(check_declared, declared, role, field=field), None)
    nothing: tuple[bytes | None, str | None] = (None, None)
    content, upload_id = collect(problems, lambda: _source(fields, left), nothing)
    collect(problems, fields.close, None)
    if declared is None or len(problems) > before:
        return None
    return SentFile(role, declared, content, upload_id, field)


def _source(fields: Fields, left: int) -> tuple[bytes | None, str | None]:
    """Return a file's bytes, or the upload that they came by."""
    has_content, has_upload = fields.has("content"), fields.has("upload_id")
    if has_content == has_upload:
        fields.refuse("file_source", "content", "o «upload_id»: se envía uno de los dos, y solo uno")
    if has_content:
        return _content(fields, left), None
    upload_id = fields.text("upload_id", longest=_TYPE)
    if not is_upload_id(upload_id):
        fields.refuse("upload_id_invalid", "upload_id", "no es un identificador que dio POST /v1/uploads")
    return None, upload_id


def _content(fields: Fields, left: int) -> bytes:
    content = read_content(fields, left)
    if content is None:
        raise _inline_too_large(fields)
    return content


def _inline_too_large(fields: Fields) -> TooLarge:
    detail = "Los archivos dentro del pedido suman más de 4 MB. Súbalos antes con POST /v1/uploads."
    return TooLarge("inline_too_large", detail, field=fields.where("")[:-1])
