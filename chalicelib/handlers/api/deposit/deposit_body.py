"""The body of a deposit, from JSON to a command."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.deadline import Regime, Term, parse_term
from chalicelib.domain.deposit.deposit import DepositCommand, SentFile
from chalicelib.domain.errors import TooLarge
from chalicelib.domain.identity_document import check_document_number, mailbox_id_for
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import CaseFile, Document, FileRole
from chalicelib.domain.upload.upload import MAX_ANNEXES, MAX_INLINE_SIZE, check_declared, is_upload_id
from chalicelib.handlers.api.upload.declared_file import printable, read_content, read_declared
from chalicelib.handlers.fields import Fields, read_json

_NUMBER, _NAME, _SUBJECT, _FILENAME, _TYPE = 100, 200, 2000, 200, 100


def read_deposit(body: bytes, prefixes: Mapping[DocumentType, str]) -> DepositCommand:
    """Read a deposit.

    Raises:
        InvalidInput: naming the field; `text_unprintable` for letters the receipt cannot print.
        TooLarge: `inline_too_large` above 4 MiB of files inside the request, `file_too_large`.

    """
    fields = read_json(body)
    command = DepositCommand(
        mailbox_id=_recipient(fields.object("recipient"), prefixes),
        case_file=_case_file(fields.object("case_file")),
        document=_document(fields.object("document")),
        regime=fields.choice("regime", Regime, ", ".join(Regime)) if fields.has("regime") else None,
        term=_term(fields.object("term")) if fields.has("term") else None,
        files=_files(fields),
    )
    fields.close()
    return command


def _recipient(fields: Fields, prefixes: Mapping[DocumentType, str]) -> str:
    document_type = fields.choice("document_type", DocumentType, ", ".join(DocumentType))
    number = fields.text("document_number", longest=_NUMBER)
    fields.close()
    check_document_number(document_type, number, field=fields.where("document_number"))
    return mailbox_id_for(document_type, number, prefixes)


def _case_file(fields: Fields) -> CaseFile:
    case_file = CaseFile(number=printable(fields, "number", _NUMBER), opened_on=fields.day("opened_on"))
    fields.close()
    return case_file


def _document(fields: Fields) -> Document:
    document = Document(
        type=printable(fields, "type", _TYPE),
        number=printable(fields, "number", _NUMBER),
        subject=printable(fields, "subject", _SUBJECT),
        issued_at=fields.instant("issued_at"),
        office=printable(fields, "office", _NAME),
        signed_by=printable(fields, "signed_by", _NAME),
        prepared_by=printable(fields, "prepared_by", _NAME),
    )
    fields.close()
    return document


def _term(fields: Fields) -> Term:
    term = parse_term(fields.integer("amount"), fields.text("unit", longest=_TYPE))
    fields.close()
    return term


def _files(fields: Fields) -> tuple[SentFile, ...]:
    given = [(FileRole.MAIN, fields.object("main"))]
    given += [(FileRole.ANNEX, annex) for annex in fields.objects("annexes", most=MAX_ANNEXES)]
    left = MAX_INLINE_SIZE
    files = []
    for role, file_fields in given:
        file = _file(role, file_fields, left)
        left -= len(file.content or b"")
        files.append(file)
    return tuple(files)


def _file(role: FileRole, fields: Fields, left: int) -> SentFile:
    declared = read_declared(fields)
    check_declared(declared, role, field=fields.where("")[:-1])
    has_content, has_upload = fields.has("content"), fields.has("upload_id")
    if has_content == has_upload:
        fields.refuse("file_source", "content", "o «upload_id»: se envía uno de los dos, y solo uno")
    content = _content(fields, left) if has_content else None
    upload_id = fields.text("upload_id", longest=_TYPE) if has_upload else None
    if upload_id is not None and not is_upload_id(upload_id):
        fields.refuse("upload_id_invalid", "upload_id", "no es un identificador que dio POST /v1/uploads")
    fields.close()
    return SentFile(role, declared, content, upload_id, fields.where("")[:-1])


def _content(fields: Fields, left: int) -> bytes:
    content = read_content(fields, left)
    if content is None:
        raise _inline_too_large(fields)
    return content


def _inline_too_large(fields: Fields) -> TooLarge:
    detail = "Los archivos dentro del pedido suman más de 4 MB. Súbalos antes con POST /v1/uploads."
    return TooLarge("inline_too_large", detail, field=fields.where("")[:-1])
