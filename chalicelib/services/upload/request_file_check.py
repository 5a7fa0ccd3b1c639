"""Tell an authenticated institution whether a file would be taken: at once, or once it was sent apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.errors import NotFound, TooManyRequests
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.file_check import (
    CHECKS_PER_INSTITUTION,
    FileCheck,
    Verdict,
    check_id_of,
    check_key,
    is_check_id,
    waits_until,
)
from chalicelib.domain.upload.upload import GRANT_LIFETIME, DeclaredFile, UploadGrant, check_declared
from chalicelib.services.sender.authenticate_sender import (
    AuthenticatedSender,
    find_sender,
    read_beside_nonce,
    require_active,
)
from chalicelib.services.sender.signed_request import Claim, SignedRequest
from chalicelib.services.upload.file_check_tools import FileCheckTools
from chalicelib.services.upload.judge_file import judge_file


@dataclass(frozen=True, slots=True)
class FileToCheck:
    """A file as its sender declares it; without content it is sent apart."""

    declared: DeclaredFile
    role: FileRole
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class GrantedCheck:
    """An id, and leave to send the file."""

    check_id: str
    grant: UploadGrant


def request_file_check(
    read: Callable[[], FileToCheck], *, request: SignedRequest, claim: Claim, tools: FileCheckTools
) -> Verdict | GrantedCheck:
    """Return the verdict on a file that came with the request, or leave to send it; one read and one count.

    No nonce is taken: nothing is read or changed, and the id is derived from the signature. What is declared is read
    last, after who sends is proven and counted.

    Raises:
        Forbidden: `institution_inactive`.
        TooManyRequests: `file_check_limit`, for this institution only.
        InvalidInput, TooLarge: what was declared of a file to be sent apart.

    """
    sender = find_sender(request, claim, tools=tools.senders)
    require_active(sender.institution)
    now = tools.senders.clock()
    _count(sender, tools)
    wanted = read()
    if wanted.content is not None:
        return judge_file(wanted.content, wanted.declared, wanted.role)
    check_declared(wanted.declared, wanted.role)
    owner, check_id = sender.institution.institution_id, check_id_of(sender.proof.digest, claim.expires_at)
    key = check_key(owner, wanted.role, check_id)
    grant = tools.files.upload_grant(key, owner, wanted.declared, now=now, expires_at=now + GRANT_LIFETIME)
    return GrantedCheck(check_id, grant)


def find_file_check_of(
    check_id: str, *, request: SignedRequest, claim: Claim, tools: FileCheckTools
) -> FileCheck | None:
    """Return the outcome of a check of the sender's own; None while it waits.

    Raises:
        NotFound: `file_check_not_found` for what can be no check's id, and once it is too late for an outcome.

    """
    sender = find_sender(request, claim, tools=tools.senders)
    now, owner = tools.senders.clock(), sender.institution.institution_id
    found: list[FileCheck | None] = []
    is_one = is_check_id(check_id)
    reads = [lambda: found.append(tools.checks.find(owner, check_id, now))] if is_one else []
    read_beside_nonce(sender, reads, tools=tools.senders)
    if found and found[0] is not None:
        return found[0]
    if not is_one or now > waits_until(check_id):
        detail = "Ese pedido de revisión no existe, o su respuesta ya se borró. Pida otro con POST /v1/file-checks."
        raise NotFound("file_check_not_found", detail)
    return None


def _count(sender: AuthenticatedSender, tools: FileCheckTools) -> None:
    limit = CHECKS_PER_INSTITUTION
    key = limit.key(sender.institution.institution_id)
    try:
        tools.limits().spend(key, limit=limit.limit, window_s=limit.window_s, now=tools.senders.clock())
    except TooManyRequests as spent:
        detail = f"Su entidad ya pidió {limit.limit} revisiones en esta hora. Siga en {spent.retry_after} segundos."
        raise TooManyRequests("file_check_limit", detail, retry_after=spent.retry_after) from spent
