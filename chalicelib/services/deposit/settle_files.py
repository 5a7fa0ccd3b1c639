"""Settle where each file of a deposit lies: bytes sent inside it are inspected, uploads must be checked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.deposit.deposit import SentFile
from chalicelib.domain.errors import InvalidInput, NotReady, parts_of, refusal_of
from chalicelib.domain.notice import FileFacts, FileRole, StoredFile
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.upload.upload import PDF, FileProblem, Upload, UploadState
from chalicelib.services.upload.inspect_file import inspect_file

_CHECK_TAKES_S = 5


@dataclass(frozen=True, slots=True)
class InlineFile:
    """Bytes to store before the commit."""

    object_key: str
    content: bytes
    media_type: str


def settle_files(  # noqa: PLR0913 - what was sent, what is known of it, and where it goes
    sent_files: tuple[SentFile, ...],
    uploads: Mapping[str, Upload],
    institution: Institution,
    notice_id: str,
    deposited_at: datetime,
    *,
    beside: tuple[InvalidInput, ...] = (),
) -> tuple[tuple[StoredFile, ...], tuple[InlineFile, ...]]:
    """Return the files as the notice will name them, and those whose bytes still have to be stored.

    All files are looked at before any is refused. `beside` is what else is wrong with the deposit; it is told after
    what is wrong with the files. What only waits is told where nothing is wrong: repeating would help nothing else.

    Raises:
        InvalidInput: all that is wrong: an inline file fails its inspection; an upload was refused, expired, or
            differs from what the deposit says of it.
        NotReady: `upload_not_checked`: the same request will succeed in a while.

    """
    stored: list[StoredFile] = []
    inline: list[InlineFile] = []
    problems: list[InvalidInput] = []
    waiting: list[NotReady] = []
    for position, sent in enumerate(sent_files):
        object_key = f"notices/{deposited_at:%Y/%m/%d}/{notice_id}/{position:02d}"
        try:
            if sent.content is None:
                upload = _checked(sent, uploads.get(sent.upload_id or ""), institution, deposited_at)
                stored.append(_stored(sent, upload.object_key, upload.facts))
            else:
                stored.append(_stored(sent, object_key, inspect_sent(sent, sent.content)))
                inline.append(InlineFile(object_key, sent.content, sent.declared.media_type))
        except NotReady as one:
            waiting.append(one)
        except InvalidInput as refusal:
            problems += parts_of(refusal)
    if problems or beside:
        raise refusal_of([*problems, *beside])
    if waiting:
        raise refusal_of(waiting)
    return tuple(stored), tuple(inline)


def inspect_sent(sent: SentFile, content: bytes) -> FileFacts:
    """Inspect a file that came inside its deposit; every problem names the file's field.

    Raises:
        InvalidInput: all that is wrong with it.

    """
    return inspect_file(content, sent.declared, role=sent.role, field=sent.field)


def _stored(sent: SentFile, object_key: str, facts: FileFacts | None) -> StoredFile:
    declared = sent.declared
    return StoredFile(
        sent.role,
        declared.filename,
        declared.media_type,
        declared.sha256,
        declared.size,
        object_key,
        sent.upload_id,
        facts,
    )


def _checked(sent: SentFile, upload: Upload | None, institution: Institution, now: datetime) -> Upload:
    field = f"{sent.field}.upload_id"
    # Whose an upload is stands in its id's record; another institution's is told as one that never came.
    if upload is None or upload.institution_id != institution.institution_id:
        raise NotReady(
            "upload_not_checked",
            "El archivo aún no llegó o está en revisión. Envíe el mismo pedido en unos segundos.",
            field=field,
            retry_after=_CHECK_TAKES_S,
        )
    if upload.refusal is not None:
        raise refusal_of([_refused(one, field) for one in upload.refusal.all_problems])
    has_expired = upload.expires_at is not None and upload.expires_at <= now
    if upload.state is UploadState.EXPIRED or has_expired:
        raise InvalidInput("upload_expired", "El archivo subido venció sin usarse. Súbalo de nuevo.", field=field)
    same = (upload.declared.sha256, upload.declared.size, upload.declared.media_type)
    if same != (sent.declared.sha256, sent.declared.size, sent.declared.media_type):
        raise InvalidInput(
            "upload_differs",
            "El archivo subido no es el que describe el depósito: difieren sha256, size o media_type.",
            field=field,
        )
    if sent.role is FileRole.MAIN and upload.declared.media_type != PDF:
        raise InvalidInput("media_type_not_allowed", "El documento principal debe ser un PDF.", field=field)
    return upload


def _refused(problem: FileProblem, field: str) -> InvalidInput:
    return InvalidInput("upload_refused", f"El archivo fue rechazado: {problem.detail}", field=field)
