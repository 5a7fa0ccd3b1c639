"""The users of a mailbox: added, activated, disabled and enabled; a user's own data, mobile and e-mail."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.mailbox import Channel, Mailbox, MailboxUser
from chalicelib.domain.people.mailbox_users import TypedUser
from chalicelib.domain.session import Session
from chalicelib.domain.typed import LONGEST_TYPED, tidy
from chalicelib.handlers.commands.access import read_new_password, read_password
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.log import log
from chalicelib.renderers.people.mandatory_rules import mandatory_rules
from chalicelib.services.people import change_email, consent, hand_over, mailbox_users, profile, verify_address
from chalicelib.services.people.activate_user import activate_user
from chalicelib.services.people.change_email import NewEmail
from chalicelib.services.people.consent import ShownConsent
from chalicelib.services.people.hand_over import OfferWish, StandingOffer
from chalicelib.services.people.mailbox_users import AddedUser
from chalicelib.services.people.profile import Profile
from chalicelib.services.people.remove_user import remove_user as remove_user_of
from chalicelib.services.people.send_activation import resend_activation
from chalicelib.services.people.verify_address import OwnAddress

NEW_USER_FIELDS = ("document_type", "document_number", "name", "email", "mobile")
_LONGEST = 300


class Answer(StrEnum):
    """What can be done about an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


_ANSWERS = {
    Answer.ACCEPT: hand_over.accept_offer,
    Answer.DECLINE: hand_over.decline_offer,
    Answer.WITHDRAW: hand_over.withdraw_offer,
}


def users_of(session: Session) -> tuple[Mailbox, MailboxUser]:
    """Return the mailbox and its user who asks."""
    return mailbox_users.list_users(session, tools=access_tools(current()))


def check_user(fields: Fields, session: Session) -> MailboxUser:
    """Return a new user as it would be added, for a last look."""
    return mailbox_users.check_new_user(session, _read_new_user(fields), tools=access_tools(current()))


def add_user(fields: Fields, session: Session, *, origin: str) -> AddedUser:
    """Add a secondary user, who gets the activation by e-mail."""
    box = current()
    typed = _read_new_user(fields)
    return mailbox_users.add_user(session, typed, origin=origin, tools=access_tools(box), now=box.clock())


def disable_user(session: Session, user_id: str, *, origin: str) -> Mailbox:
    """Take a secondary user's access away at once."""
    box = current()
    return mailbox_users.disable_user(session, user_id, origin=origin, tools=access_tools(box), now=box.clock())


def enable_user(session: Session, user_id: str, *, origin: str) -> Mailbox:
    """Give it back."""
    box = current()
    return mailbox_users.enable_user(session, user_id, origin=origin, tools=access_tools(box), now=box.clock())


def remove_user(session: Session, user_id: str, *, origin: str) -> Mailbox:
    """Take a secondary user out of the mailbox."""
    box = current()
    return remove_user_of(session, user_id, origin=origin, tools=access_tools(box), now=box.clock())


def shown_consent(session: Session) -> ShownConsent:
    """Return whether the mailbox is consented to, and whether that is imposed."""
    return consent.show_consent(session, mandatory_rules(), tools=access_tools(current()))


def set_consent(session: Session, *, is_given: bool, origin: str) -> Mailbox:
    """Revoke the consent, or give it again."""
    box = current()
    return consent.change_consent(
        session,
        is_given=is_given,
        rules=mandatory_rules(),
        origin=origin,
        tools=access_tools(box),
        now=box.clock(),
    )


def was_removed(session: Session, user_id: str) -> bool:
    """Tell whether somebody was a user of this mailbox and left it."""
    former = access_tools(current()).people.find_former(user_id)
    return former is not None and former.mailbox_id == session.mailbox_id


def standing_offer(session: Session) -> StandingOffer:
    """Return what the principal offered, if anything."""
    box = current()
    return hand_over.show_offer(session, tools=access_tools(box), now=box.clock())


def offer_mailbox(fields: Fields, session: Session, user_id: str, *, origin: str) -> Mailbox:
    """Offer the mailbox to another user."""
    box = current()
    password = read_password(fields, "password") if _typed(fields, "password") else ""
    fields.close()
    wish = OfferWish(user_id, password)
    return hand_over.offer_mailbox(session, wish, origin=origin, tools=access_tools(box), now=box.clock())


def answer_offer(answer: Answer, session: Session, *, origin: str) -> Mailbox:
    """Accept or decline what is offered, or take it back."""
    box = current()
    return _ANSWERS[answer](session, origin=origin, tools=access_tools(box), now=box.clock())


def send_activation(fields: Fields, session: Session, user_id: str, *, origin: str) -> Mailbox:
    """Send the activation again, to a corrected address if one is given."""
    box = current()
    email = fields.typed("email", longest=LONGEST_TYPED) if fields.has("email") else None
    fields.close()
    tools, now = access_tools(box), box.clock()
    return resend_activation(session, user_id, email, origin=origin, tools=tools, now=now)


def activate(link: str, fields: Fields, *, origin: str) -> str:
    """Choose the first password by the link, and return the username to log in with."""
    box = current()
    new = read_new_password(fields)
    fields.close()
    return activate_user(link, new, origin=origin, tools=access_tools(box), now=box.clock())


def own_profile(session: Session) -> Profile:
    """Return the own data."""
    box = current()
    return profile.show_profile(session, tools=access_tools(box), now=box.clock())


def change_contact(fields: Fields, session: Session, *, origin: str) -> Profile:
    """Change what is named, which is the mobile or nothing; an empty one takes it away."""
    box = current()
    mobile = fields.blob("mobile")[:_LONGEST] if fields.has("mobile") else None
    fields.close()
    if mobile is None:
        return own_profile(session)
    return profile.change_mobile(session, mobile, origin=origin, tools=access_tools(box), now=box.clock())


def set_mobile(fields: Fields, session: Session, *, origin: str) -> Profile:
    """Change the mobile; it is taken away where `remove` says so, and never by an empty field."""
    box = current()
    tools, now = access_tools(box), box.clock()
    removes = fields.has("remove")
    mobile = fields.typed("mobile", longest=_LONGEST) if fields.has("mobile") or not removes else ""
    if removes:
        return profile.remove_mobile(session, mobile, origin=origin, tools=tools, now=now)
    return profile.change_mobile(session, mobile, origin=origin, tools=tools, now=now)


def ask_for_email(asked: NewEmail, session: Session, *, origin: str) -> Profile:
    """Send a code to a new address."""
    box = current()
    return change_email.request_new_email(session, asked, origin=origin, tools=access_tools(box), now=box.clock())


def send_email_code_again(session: Session) -> Profile:
    """Send another code to the address that awaits one, if any."""
    box = current()
    return change_email.resend_new_email(session, tools=access_tools(box), now=box.clock())


def verify_email(fields: Fields, session: Session, *, origin: str) -> Profile:
    """Put the new address in the old one's place by the code."""
    box = current()
    code = fields.typed("code", longest=_LONGEST)
    fields.close()
    tools, now = access_tools(box), box.clock()
    changed = change_email.verify_new_email(session, code, origin=origin, tools=tools, now=now)
    if not changed.is_told:
        log().warning("e-mail changed, its old address could not be told")
    return changed.profile


def own_address(session: Session, channel: Channel) -> OwnAddress:
    """Return the own address of a kind, and whether a code was sent there."""
    box = current()
    return verify_address.show_own_address(session, channel, tools=access_tools(box), now=box.clock())


def send_address_code(session: Session, channel: Channel) -> OwnAddress:
    """Send a code to the own address that alerts do not reach."""
    box = current()
    return verify_address.send_address_code(session, channel, tools=access_tools(box), now=box.clock())


def verify_own_address(fields: Fields, session: Session, channel: Channel, *, origin: str) -> OwnAddress:
    """Have it live by that code."""
    box = current()
    code = fields.typed("code", longest=_LONGEST)
    fields.close()
    tools, now = access_tools(box), box.clock()
    return verify_address.verify_own_address(session, channel, code, origin=origin, tools=tools, now=now)


def _read_new_user(fields: Fields) -> TypedUser:
    typed = TypedUser(**{name: _typed(fields, name) for name in NEW_USER_FIELDS})
    fields.close()
    return typed


def _typed(fields: Fields, name: str) -> str:
    """Return what was typed; what is missing or empty is told with everything else that is wrong."""
    return fields.typed(name, longest=LONGEST_TYPED) if fields.has(name) and tidy(fields.blob(name)) else ""
