"""What ways in need: accounts, and the tools of access that the users of a mailbox share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client, pepper
from chalicelib.bootstrap.mail import access_mail, letterhead
from chalicelib.bootstrap.session import session_store, token_store
from chalicelib.bootstrap.storage import event_store, limit_store, mailbox_store
from chalicelib.domain.access.access_policy import access_mails, pretended_mails
from chalicelib.domain.access.known_passwords import CommonPasswords, read_common_passwords
from chalicelib.gateways.sms import Sms
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.services.access.tools import AccessTools
from chalicelib.store.access.access_store import AccessStore
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.access.freeze_store import FreezeStore
from chalicelib.store.access.sent_mail_store import SentMailStore
from chalicelib.store.access.telling_store import TellingStore
from chalicelib.store.people_store import PeopleStore

_COMMON_PASSWORDS = Path(__file__).parents[1] / "common_passwords" / "common.txt"


@made_once
def account_store(box: Container) -> AccountStore:
    """What people log in with."""
    connection(box)
    return AccountStore()


@made_once
def common_passwords(_: Container) -> CommonPasswords:
    """What passwords are too often made of; read by whoever first sets one."""
    return read_common_passwords(_COMMON_PASSWORDS.read_text("ascii"))


@made_once
def freeze_store(box: Container) -> FreezeStore:
    """Which mailboxes are frozen, and what freezes them."""
    return FreezeStore(connection(box), pepper(box))


@made_once
def access_sms(box: Container) -> Sms:
    """SNS, for what tells of a changed way in; its client is made when the first one goes out."""
    return Sms(new_client(box, "sns", retries=0), box.config.sms_sender_id, box.sms_reach)


@made_once
def access_tools(box: Container) -> AccessTools:
    """Everything about who gets in."""
    return AccessTools(
        access=AccessStore(connection(box), pepper(box)),
        accounts=account_store(box),
        mailboxes=mailbox_store(box),
        people=PeopleStore(connection(box), pepper(box)),
        tokens=token_store(box),
        limits=limit_store(box),
        sessions=session_store(box),
        events=event_store(box),
        sent_mails=SentMailStore(pepper(box)),
        freezes=freeze_store(box),
        tellings=TellingStore(connection(box), pepper(box)),
        hashing=PasswordHashing(),
        common_passwords=partial(common_passwords, box),
        mail=access_mail(box),
        sms=partial(access_sms, box),
        letterhead=letterhead(box),
        pepper=pepper(box),
        portal_url=box.portal_url,
        clock=box.clock,
        new_secret=box.chance.new_token,
        new_email_code=box.chance.new_email_code,
        new_code=box.chance.new_code,
        new_event_id=box.chance.new_event_id,
        access_mails=access_mails(int(box.config.mail_rate)),
        pretended_mails=pretended_mails(int(box.config.mail_rate)),
        pause=box.pause,
        current_texts=_current_texts,
        reach=box.sms_reach,
    )


def _current_texts() -> Mapping[str, str]:
    """Read the texts at the first login of a process."""
    return portal_texts().current
