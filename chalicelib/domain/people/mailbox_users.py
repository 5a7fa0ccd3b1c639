"""The people of a mailbox (BOX-6): its principal user adds, disables and enables the others, who only look.

Every change returns another mailbox, to be written from the version that was read: so of two changes at once one is
decided anew, and no race makes a sixth user.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from chalicelib.domain.access.account import Account
from chalicelib.domain.contact import is_mobile, read_email, read_mobile
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, refusal_of, refusals
from chalicelib.domain.identity_document import check_document_number, read_document_number
from chalicelib.domain.mailbox import MAX_USERS, DocumentType, Mailbox, MailboxUser, UserState
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach
from chalicelib.domain.official_name import check_person_name
from chalicelib.domain.people.last_mobile import NO_MOBILE, of_other_country, require_sms, without_user
from chalicelib.domain.session import session_ended
from chalicelib.domain.typed import plain, tidy

PERSON_DOCUMENTS = (DocumentType.DNI, DocumentType.CE, DocumentType.PASSPORT)
"""What a user can be identified by; a RUC is a company's."""
LONGEST_FULL_NAME = 120


class PrincipalNeeded(Forbidden):
    """Only the principal user changes who has access."""


class UsersFull(Conflict):
    """There are five users already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedUser:
    """A person to be added, as typed; what was left out is empty."""

    document_type: str = ""
    document_number: str = ""
    name: str = ""
    email: str = ""
    mobile: str = ""


def require_user(mailbox: Mailbox | None, user_id: str) -> tuple[Mailbox, MailboxUser]:
    """Return the mailbox and its user who asks.

    Raises:
        SessionEnded: `session_ended`: whoever it was has no access any more.

    """
    user = mailbox.user(user_id) if mailbox else None
    if mailbox is None or user is None or user.state is not UserState.ACTIVE:
        raise session_ended()
    return mailbox, user


def require_principal(user: MailboxUser) -> None:
    """Let the principal user alone go on.

    Raises:
        PrincipalNeeded: `principal_needed`.

    """
    if not user.is_principal:
        raise PrincipalNeeded("principal_needed", "Solo el usuario principal de la casilla puede hacer este cambio.")


def secondary_user(mailbox: Mailbox, user_id: str) -> MailboxUser:
    """Return a user whom the principal may change.

    Raises:
        NotFound: `user_unknown`, of another mailbox as well.
        Conflict: `user_is_principal`.

    """
    user = mailbox.user(user_id)
    if user is None:
        raise NotFound("user_unknown", "Ese usuario no existe en tu casilla.")
    if user.is_principal:
        raise Conflict("user_is_principal", "El usuario principal de la casilla no se puede cambiar aquí.")
    return user


def with_new_user(mailbox: Mailbox, typed: TypedUser, user_id: str) -> Mailbox:
    """Add a secondary user who has yet to activate the own access.

    Raises:
        UsersFull: `users_full`.
        InvalidInput: the first of all problems, with all of them.

    """
    if len(mailbox.users) >= MAX_USERS:
        detail = f"Tu casilla ya tiene {MAX_USERS} usuarios, que es el máximo."
        raise UsersFull("users_full", detail)
    number, name = typed_number(typed.document_type, typed.document_number), tidy(typed.name)
    problems = refusals(
        partial(check_document, mailbox, typed.document_type, number),
        partial(check_person_name, name, field="name", longest=LONGEST_FULL_NAME),
        partial(read_new_email, mailbox, typed.email),
        partial(_read_optional_mobile, typed.mobile),
    )
    if problems:
        raise refusal_of(problems)
    user = MailboxUser(
        user_id=user_id,
        name=name,
        email=read_email(typed.email, field="email"),
        mobile=_read_optional_mobile(typed.mobile),
        state=UserState.PENDING,
        is_principal=False,
        document_type=DocumentType(typed.document_type),
        document_number=number,
    )
    return replace(mailbox, users=(*mailbox.users, user))


def with_user(mailbox: Mailbox, changed: MailboxUser) -> Mailbox:
    """Put a changed user in the place of the one there was."""
    users = tuple(changed if user.user_id == changed.user_id else user for user in mailbox.users)
    return replace(mailbox, users=users)


def with_mobile(mailbox: Mailbox, user: MailboxUser, typed: str, reach: SmsReach = PERU_ALONE) -> Mailbox:
    """Give a user another mobile; nothing typed takes it away, where others can be alerted by SMS (Ley 31736, 5.4).

    Raises:
        InvalidInput: `mobile_invalid`.
        LastMobile: `last_mobile`.

    """
    mobile = _read_optional_mobile(typed)
    changed = with_user(mailbox, replace(user, mobile=mobile))
    require_sms(mailbox, changed, reach, instead=of_other_country(reach) if mobile else NO_MOBILE)
    return changed


def without_mobile(mailbox: Mailbox, user: MailboxUser, typed: str, reach: SmsReach = PERU_ALONE) -> Mailbox:
    """Take a user's mobile away, which was asked for beside the number typed: that one or none.

    Raises:
        InvalidInput: `mobile_and_removal`, for another number.
        LastMobile: `last_mobile`.

    """
    if user.mobile is not None and plain(typed) and not is_mobile(typed, user.mobile):
        raise InvalidInput(
            "mobile_and_removal",
            "Escribiste otro número y también marcaste quitarlo. Haz una de las dos cosas.",
            field="mobile",
        )
    return with_mobile(mailbox, user, "", reach)


def disabled(mailbox: Mailbox, user: MailboxUser, reach: SmsReach = PERU_ALONE) -> Mailbox:
    """Take a user's access away, unless SMS reach the mailbox by that user alone.

    Raises:
        LastMobile: `last_mobile`.

    """
    changed = with_user(mailbox, replace(user, state=UserState.DISABLED))
    require_sms(mailbox, changed, reach, instead=without_user(user, "deshabilita"))
    return without_offer_to(user, changed)


def removed(mailbox: Mailbox, user: MailboxUser, reach: SmsReach = PERU_ALONE) -> Mailbox:
    """Take a user out of the mailbox, which frees the place, unless SMS reach the mailbox by that user alone.

    Raises:
        LastMobile: `last_mobile`.

    """
    others = tuple(one for one in mailbox.users if one.user_id != user.user_id)
    changed = replace(mailbox, users=others)
    require_sms(mailbox, changed, reach, instead=without_user(user, "quita"))
    return without_offer_to(user, changed)


def without_offer_to(user: MailboxUser, mailbox: Mailbox) -> Mailbox:
    """End an offer to a user who can accept it no more."""
    is_theirs = mailbox.hand_over is not None and mailbox.hand_over.to == user.user_id
    return replace(mailbox, hand_over=None) if is_theirs else mailbox


def read_new_email(mailbox: Mailbox, typed: str, *, own: MailboxUser | None = None) -> str:
    """Read an address that no other user of this mailbox has: recovery tells them apart by it.

    Raises:
        InvalidInput: `email_invalid` or `email_taken`.

    """
    email = read_email(typed, field="email")
    holder = mailbox.user_with_email(email) or _awaiting(mailbox, email)
    if holder is not None and (own is None or holder.user_id != own.user_id):
        raise InvalidInput(
            "email_taken", "Otro usuario de tu casilla ya tiene este correo. Usa uno propio.", field="email"
        )
    return email


def _awaiting(mailbox: Mailbox, email: str) -> MailboxUser | None:
    """Return the user whose address this is about to be."""
    waiting = ((user, user.waiting.email) for user in mailbox.users if user.waiting is not None)
    return next((user for user, awaited in waiting if awaited.casefold() == email.casefold()), None)


def typed_number(document_type: str, typed: str) -> str:
    """Return a document's number as typed, cleaned; of a type that is none it is only compact."""
    kind = DocumentType(document_type) if document_type in PERSON_DOCUMENTS else DocumentType.PASSPORT
    return read_document_number(kind, typed)


def state_when_enabled(account: Account | None) -> UserState:
    """Return what a disabled user becomes again: who never chose a password still has to activate the access."""
    return UserState.PENDING if account is None or account.password_hash is None else UserState.ACTIVE


def check_document(mailbox: Mailbox, document_type: str, number: str) -> None:
    """Check the document of somebody who has none on record here.

    Raises:
        InvalidInput: `document_type_invalid`, `document_number_invalid`, `document_taken`.

    """
    if document_type not in PERSON_DOCUMENTS:
        detail = f"Elige el tipo de documento de la persona: {', '.join(PERSON_DOCUMENTS)}."
        raise InvalidInput("document_type_invalid", detail, field="document_type")
    check_document_number(DocumentType(document_type), number, field="document_number")
    if any(user.document_number == number for user in mailbox.users):  # of any type: the username says the number alone
        detail = "Tu casilla ya tiene un usuario con este número de documento."
        raise InvalidInput("document_taken", detail, field="document_number")


def _read_optional_mobile(typed: str) -> str | None:
    return read_mobile(typed, field="mobile") if plain(typed) else None
