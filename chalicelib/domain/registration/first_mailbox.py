"""What a registration opens: the mailbox, its principal user and that user's account (REG-6, REG-9).

Holder and principal are named as the registry has them. Where none answers for a document, such as a foreigner's card,
somebody saw it at the review: its person is named as typed, and never as another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.access.account import Account, first_version
from chalicelib.domain.identity_document import mailbox_id_for
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.registration.registration import Registration


def first_mailbox(
    registration: Registration, prefixes: Mapping[DocumentType, str], user_id: str, *other_ids: str
) -> Mailbox:
    """Return the mailbox that the registration opens, with its principal user and the others of a form on paper.

    `user_id` is no other user's of any mailbox: sessions and their end go by it. So is each of `other_ids`.
    """
    document_type, number = registration.document
    company = registration.company
    return Mailbox(
        mailbox_id_for(document_type, number, prefixes),
        Holder(document_type, number, registration.registered_name),
        MailboxState.OPEN,
        (_principal(registration, user_id), *_others(registration, other_ids)),
        version=1,
        accepted=registration.accepted,
        power=None if company is None else company.power,
    )


def first_account(mailbox: Mailbox) -> Account:
    """Return the account of a new mailbox's principal user, still without password."""
    name, principal = mailbox.mailbox_id, mailbox.users[0]
    account = Account(name, principal.user_id, name, UserState.PENDING, name=principal.name)
    return replace(account, document_number=principal.document_number, accepted=mailbox.accepted)


def other_accounts(mailbox: Mailbox, now: datetime) -> tuple[Account, ...]:
    """Return the accounts of a new mailbox's other users, who have yet to activate them."""
    return tuple(
        Account(
            mailbox.username_of(user),
            user.user_id,
            mailbox.mailbox_id,
            UserState.PENDING,
            version=first_version(now),
            name=user.name,
            named_at=now,
        )
        for user in mailbox.users
        if not user.is_principal
    )


def _others(registration: Registration, user_ids: tuple[str, ...]) -> tuple[MailboxUser, ...]:
    return tuple(
        MailboxUser(
            user_id,
            other.name,
            other.email,
            other.mobile,
            UserState.PENDING,
            is_principal=False,
            document_type=other.document_type,
            document_number=other.document_number,
        )
        for user_id, other in zip(user_ids, registration.others, strict=True)
    )


def _principal(registration: Registration, user_id: str) -> MailboxUser:
    mobile = registration.phone.e164 if registration.phone.is_mobile else None
    name, company = registration.registered_name, registration.company
    principal = MailboxUser(user_id, name, registration.email, mobile, UserState.ACTIVE, is_principal=True)
    person = registration.person if company is None else company.representative
    if person is None:  # a company that began to register before a person was asked for
        return principal
    if company is not None:
        name = registration.representative_name
    return replace(
        principal,
        name=name or person.typed_name,
        document_type=person.document_type,
        document_number=person.number,
    )
