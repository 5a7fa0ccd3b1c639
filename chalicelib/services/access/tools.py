"""What the use cases of access share; one per process, made by the handlers from the container."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.known_passwords import CommonPasswords
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.limit import Budget
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.domain.session import Session
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.sms import Sms
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.store.access.access_store import AccessStore
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.access.freeze_store import FreezeStore
from chalicelib.store.access.sent_mail_store import SentMailStore
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.telling_store import TellingStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.people_store import PeopleStore


@dataclass(frozen=True, slots=True)
class AccessTools:
    """Stores, hashing, mail and chance. `new_secret` returns an opaque token; `portal_url` has no final slash.

    `common_passwords` reads the list that a new password is held against, when it is first asked for; so does `sms` its
    client. `new_code` returns a code that can be read aloud.
    `clock` tells the instant of a commit, where that of the request would be too early. `access_mails` is what all
    strangers together may have sent, `pretended_mails` what may go to nobody; `pause` waits some seconds.
    `current_texts` tells the version in force of each text that people agree to.
    """

    access: AccessStore
    accounts: AccountStore
    mailboxes: MailboxStore
    people: PeopleStore
    tokens: TokenStore
    limits: LimitStore
    sessions: SessionStore
    events: EventStore
    sent_mails: SentMailStore
    freezes: FreezeStore
    tellings: TellingStore
    hashing: PasswordHashing
    common_passwords: Callable[[], CommonPasswords]
    mail: Mail
    sms: Callable[[], Sms]
    letterhead: Letterhead
    pepper: bytes
    portal_url: str
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]
    new_email_code: Callable[[], str]
    new_code: Callable[[], str]
    new_event_id: Callable[[], str]
    access_mails: Budget
    pretended_mails: Budget
    pause: Callable[[float], None]
    current_texts: Callable[[], Mapping[str, str]]
    reach: SmsReach

    def user_event(self, kind: EventType, user_id: str, *, origin: str, now: datetime) -> Event:
        """Return the event of something a user did to their own access."""
        return Event(f"user#{user_id}", kind, now, self.new_event_id(), f"user:{user_id}", origin)

    def people_event(self, kind: EventType, session: Session, about: str, *, origin: str, now: datetime) -> Event:
        """Return the event of something a user did to the access of another user of the mailbox."""
        subject, actor = f"mailbox#{session.mailbox_id}", f"user:{session.user_id}"
        return Event(subject, kind, now, self.new_event_id(), actor, origin, {"user_id": about})
