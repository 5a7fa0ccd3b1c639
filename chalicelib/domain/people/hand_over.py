"""The principal user hands over to another, who accepts (BOX-9): there is one principal at every moment.

Only a company's mailbox can be handed over. That of a person, with a DNI or with the RUC 10 that has it inside, is its
holder's: the holder is its principal user.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.errors import Conflict, NotFound, refusal_of, refusals
from chalicelib.domain.mailbox import DocumentType, HandOver, Holder, Mailbox, MailboxUser, UserState
from chalicelib.domain.official_name import check_person_name
from chalicelib.domain.people.mailbox_users import LONGEST_FULL_NAME, check_document, secondary_user, with_user

OFFER_LIFETIME = timedelta(days=7)
_COMPANY_RUC = "20"
"""How the RUC of a legal entity begins; with 10, 15, 16 or 17 it is a person's."""


class HandOverRefused(Conflict):
    """It cannot be handed over, to this user or now."""


class NoOffer(NotFound):
    """Nothing is offered to who asks, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPrincipal:
    """Who the principal is as typed, where no document of theirs is on record: their next username is made of it."""

    document_type: str = ""
    document_number: str = ""
    name: str = ""


def is_company(holder: Holder) -> bool:
    """Tell whether a legal entity holds the mailbox, which somebody else then represents."""
    return holder.document_type is DocumentType.RUC and holder.document_number.startswith(_COMPANY_RUC)


def require_company(mailbox: Mailbox) -> None:
    """Let only a company's mailbox change its principal user.

    Raises:
        HandOverRefused: `mailbox_is_a_persons`.

    """
    if not is_company(mailbox.holder):
        detail = "Esta casilla es de una persona: su titular es siempre el usuario principal."
        raise HandOverRefused("mailbox_is_a_persons", detail)


def standing_offer(mailbox: Mailbox, now: datetime) -> HandOver | None:
    """Return the offer that can be accepted now: in time, and to an active user."""
    offer = mailbox.hand_over
    to = mailbox.user(offer.to) if offer is not None and now <= offer.until else None
    return offer if to is not None and to.state is UserState.ACTIVE else None


def user_to_be_principal(mailbox: Mailbox, user_id: str, now: datetime) -> MailboxUser:
    """Return the user to whom the mailbox can be offered.

    Raises:
        NotFound: `user_unknown`.
        Conflict: `user_is_principal`.
        HandOverRefused: `mailbox_is_a_persons`, `user_not_active`, `hand_over_offered` to somebody else already.

    """
    user = secondary_user(mailbox, user_id)
    require_company(mailbox)
    if user.state is not UserState.ACTIVE:
        raise HandOverRefused("user_not_active", "Solo puedes traspasar la casilla a un usuario activo.")
    standing = standing_offer(mailbox, now)
    if standing is not None and standing.to != user_id:
        detail = "Ya ofreciste la casilla a otro usuario. Retira antes ese ofrecimiento."
        raise HandOverRefused("hand_over_offered", detail)
    return user


def with_known_principal(mailbox: Mailbox, typed: TypedPrincipal) -> Mailbox:
    """Put the principal's own document and name on record where a company registered; what is on record stays.

    Raises:
        InvalidInput: the first of all problems, with all of them.

    """
    principal = mailbox.principal
    if principal.document_number:
        return mailbox
    number, name = "".join(typed.document_number.split()).upper(), " ".join(typed.name.split())
    problems = refusals(
        partial(check_document, mailbox, typed.document_type, number),
        partial(check_person_name, name, field="name", longest=LONGEST_FULL_NAME),
    )
    if problems:
        raise refusal_of(problems)
    kind = DocumentType(typed.document_type)
    return with_user(mailbox, replace(principal, document_type=kind, document_number=number, name=name))


def offered(mailbox: Mailbox, user: MailboxUser, now: datetime) -> Mailbox:
    """Offer the mailbox to a user; again to the same one, until later."""
    return replace(mailbox, hand_over=HandOver(user.user_id, now, now + OFFER_LIFETIME))


def offer_to(mailbox: Mailbox, user: MailboxUser, now: datetime) -> HandOver:
    """Return what is offered to a user.

    Raises:
        NoOffer: `hand_over_not_offered`.

    """
    offer = standing_offer(mailbox, now)
    if offer is None or offer.to != user.user_id:
        detail = "No tienes un ofrecimiento por aceptar: venció, fue retirado o ya lo respondiste."
        raise NoOffer("hand_over_not_offered", detail)
    return offer


def with_principal(mailbox: Mailbox, user: MailboxUser) -> Mailbox:
    """Make a user the principal one, and who was it a secondary one; the principal stands first."""
    former = mailbox.principal
    others = tuple(one for one in mailbox.users if one.user_id not in (user.user_id, former.user_id))
    pair = (replace(user, is_principal=True), replace(former, is_principal=False))
    return replace(mailbox, users=(*pair, *others), hand_over=None)
