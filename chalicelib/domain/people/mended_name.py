"""A name that a registry sent without its letters is mended, by somebody who saw it written (DAT-2).

Holder and user may be one and the same, then both are mended. What was issued keeps the name it was issued with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.mailbox import DocumentType, Mailbox, MailboxUser
from chalicelib.domain.official_name import check_person_name, fold
from chalicelib.domain.people.hand_over import is_company
from chalicelib.domain.people.mailbox_users import LONGEST_FULL_NAME, with_user
from chalicelib.domain.typed import tidy

_LONGEST_COMPANY_NAME = 200


@dataclass(frozen=True, slots=True)
class Mended:
    """The mailbox with the name, whether its holder is called so, and which user is, as called now."""

    mailbox: Mailbox
    is_holder: bool
    user: MailboxUser | None


def mended(mailbox: Mailbox, user: MailboxUser | None, typed: str, is_lost: Callable[[str], bool]) -> Mended | None:
    """Call the holder, or a user, by another name; None where that is the name already.

    `is_lost` tells whether a name lacks letters. A representative with a document of their own who is called as the
    company is mended as well: so were those named whom no registry knew.

    Raises:
        InvalidInput: `name_invalid`.
        Conflict: `name_not_garbled`.

    """
    name, called = tidy(typed), user.name if user else mailbox.holder.name
    if name == called:
        return None
    is_anothers = user is not None and _is_called_as_the_company(mailbox, user)
    if not is_lost(called) and not is_anothers:
        detail = "Ese nombre no tiene letras perdidas: este comando solo corrige los que llegaron mal del registro."
        raise Conflict("name_not_garbled", detail)
    is_holder = user is None or (user.is_principal and not is_company(mailbox.holder) and called == mailbox.holder.name)
    also = mailbox.principal
    if user is None and also.name == called and not _is_called_as_the_company(mailbox, also):
        user = also
    _check(mailbox, name, is_lost, is_holder=is_holder)
    user = None if user is None else replace(user, name=name)
    changed = mailbox if user is None else with_user(mailbox, user)
    if is_holder:
        changed = replace(changed, holder=replace(mailbox.holder, name=name))
    return Mended(changed, is_holder, user)


def _is_called_as_the_company(mailbox: Mailbox, user: MailboxUser) -> bool:
    return is_company(mailbox.holder) and user.document_type is not None and user.name == mailbox.holder.name


def _check(mailbox: Mailbox, name: str, is_lost: Callable[[str], bool], *, is_holder: bool) -> None:
    if not (is_holder and mailbox.holder.document_type is DocumentType.RUC):
        check_person_name(name, field="name", longest=LONGEST_FULL_NAME)
    if not fold(name) or len(name) > _LONGEST_COMPANY_NAME or is_lost(name):
        detail = "Escriba el nombre como figura en el documento, con todas sus letras."
        raise InvalidInput("name_invalid", detail, field="name")
