"""What somebody at the portal has judged: a file that was not signed or deposited yet."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.files import file_check_store, files
from chalicelib.domain.access.access_policy import FILE_CHECKS, LARGE_FILE_CHECKS
from chalicelib.domain.access.access_secret import keyed_hash, keyed_hashes
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.errors import InvalidInput, NotFound, TooLarge, collect, refusal_of
from chalicelib.domain.limit import Budget
from chalicelib.domain.notice import FileRole
from chalicelib.domain.session import Session
from chalicelib.domain.upload.file_check import (
    FORM_LIFETIME,
    FileCheck,
    UploadForm,
    Verdict,
    check_id_of,
    check_key,
    is_check_id,
    sent_until,
    visitor_of,
    waits_until,
)
from chalicelib.domain.upload.upload import MAX_FILE_SIZE, MAX_INLINE_SIZE
from chalicelib.handlers.commands.access import read_captcha
from chalicelib.handlers.fields import Fields
from chalicelib.services.access.admit_file_check import admit_file_check
from chalicelib.services.upload.judge_file import judge_sent_file

_OWNER = ("file-check-owner",)


def judge(fields: Fields, filename: str, content: bytes, *, session: Session | None, origin: str) -> Verdict:
    """Tell the verdict; what the form lacks is told before anybody is counted, and nothing of the file read before."""
    problems: list[InvalidInput] = []
    role = collect(problems, lambda: read_role(fields), FileRole.MAIN)
    collect(problems, lambda: _check_given(filename, content), None)
    who = _read_who(fields, session, problems)
    _admit(who, FILE_CHECKS, origin=origin)
    return judge_sent_file(content, filename, role)


def grant(fields: Fields, *, session: Session | None, origin: str) -> tuple[str, FileRole]:
    """Give leave to send a file apart; return the id of what will be found, and what the file is to be."""
    box, problems = current(), list[InvalidInput]()
    role = collect(problems, lambda: read_role(fields), FileRole.MAIN)
    _admit(_read_who(fields, session, problems), LARGE_FILE_CHECKS, origin=origin)
    random = keyed_hash(pepper(box), "file-check", box.chance.new_token())
    return check_id_of(random, box.clock() + FORM_LIFETIME), role


def form_to_send(check_id: str, role: FileRole, secret: str, *, page: str) -> UploadForm | None:
    """Return the form that sends a file apart while the leave lasts; None afterwards. It comes back to below `page`.

    `secret` is the browser's, and says whose the file is.
    """
    box = current()
    left = int((sent_until(check_id) - box.clock()).total_seconds())
    if left <= 0:
        return None
    return files(box).upload_form(
        check_key(visitor_of(keyed_hash(pepper(box), *_OWNER, secret)), role, check_id),
        most=MAX_FILE_SIZE,
        leads_to=f"{box.portal_url}{page}/{check_id}",
        expires_s=left,
    )


def find(check_id: str, secret: str) -> FileCheck | None:
    """Return what was found of a file that this browser sent; None while it waits.

    Raises:
        NotFound: `file_check_not_found` for what is none of this browser's, and once nothing can be found any more.

    """
    box = current()
    now = box.clock()
    may_be_one = bool(secret) and is_check_id(check_id)
    owners = keyed_hashes(pepper(box), *_OWNER, secret) if may_be_one else ()
    for owner in owners:
        found = file_check_store(box).find(visitor_of(owner), check_id, now)
        if found is not None:
            return found
    if not may_be_one or now > waits_until(check_id):
        detail = "Esa revisión no se pidió desde este navegador, o su respuesta ya se borró. Pide otra."
        raise NotFound("file_check_not_found", detail)
    return None


def _check_given(filename: str, content: bytes) -> None:
    if not filename:
        raise InvalidInput("file_missing", "Elige el archivo que quieres revisar.", field="file")
    if len(content) > MAX_INLINE_SIZE:
        detail = "El archivo pasa de 4 MB: usa la página para archivos grandes, cuyo enlace está más abajo."
        raise TooLarge("file_too_large_here", detail, field="file")


def _read_who(fields: Fields, session: Session | None, problems: list[InvalidInput]) -> Session | CaptchaAnswer | None:
    """Return who asks, by a session or what was typed of a captcha; refuse all that was wrong until here at once."""
    captcha = None if session else collect(problems, lambda: read_captcha(fields), None)
    if problems:
        raise refusal_of(problems)
    return session or captcha


def _admit(who: Session | CaptchaAnswer | None, budget: Budget, *, origin: str) -> None:
    """Let through whoever has a session or solved the captcha."""
    box = current()
    admit_file_check(who, budget, origin=origin, tools=access_tools(box), now=box.clock())


def read_role(fields: Fields) -> FileRole:
    """Read what the file is to be in a deposit."""
    return fields.choice("role", FileRole, ", ".join(FileRole))
