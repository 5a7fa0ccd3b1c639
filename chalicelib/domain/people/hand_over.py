"""The principal user hands over to another, who accepts (BOX-9): there is one principal at every moment.

Only a company's mailbox can be handed over. That of a person, with a DNI or with the RUC 10 that has it inside, is its
holder's: the holder is its principal user.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.mailbox import DocumentType, HandOver, Holder, Mailbox, MailboxUser, Power, UserState
from chalicelib.domain.people.mailbox_users import secondary_user

OFFER_LIFETIME = timedelta(days=7)
_COMPANY_RUC = "20"
"""How the RUC of a legal entity begins; with 10, 15, 16 or 17 it is a person's."""


class HandOverRefused(Conflict):
    """It cannot be handed over, to this user or now."""


class NoOffer(NotFound):
    """Nothing is offered to who asks, or not any more."""


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
        HandOverRefused: `mailbox_is_a_persons`, `principal_unnamed`, `user_not_active`, or `hand_over_offered` to
            somebody else already.

    """
    user = secondary_user(mailbox, user_id)
    require_company(mailbox)
    if not mailbox.principal.document_number:
        detail = (
            "La casilla no tiene registrado quién eres, y tu siguiente usuario lleva el número de tu documento. Dilo"
            " antes en «Quién representa a la empresa»."
        )
        raise HandOverRefused("principal_unnamed", detail)
    if user.state is not UserState.ACTIVE:
        raise HandOverRefused("user_not_active", "Solo puedes traspasar la casilla a un usuario activo.")
    standing = standing_offer(mailbox, now)
    if standing is not None and standing.to != user_id:
        detail = "Ya ofreciste la casilla a otro usuario. Retira antes ese ofrecimiento."
        raise HandOverRefused("hand_over_offered", detail)
    return user


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


def with_principal(mailbox: Mailbox, user: MailboxUser, power: Power | None = None) -> Mailbox:
    """Make a user the principal one, and who was it a secondary one; the principal stands first.

    The power that is on record was the former one's: it is replaced, or nobody's.
    """
    former = mailbox.principal
    others = tuple(one for one in mailbox.users if one.user_id not in (user.user_id, former.user_id))
    pair = (replace(user, is_principal=True), replace(former, is_principal=False))
    return replace(mailbox, users=(*pair, *others), hand_over=None, power=power)
