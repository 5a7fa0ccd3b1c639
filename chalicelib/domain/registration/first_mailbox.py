"""What a registration opens: the mailbox, its principal user and that user's account (REG-6, REG-9).

Holder and principal are named as the registry has them. Where none answers for a document, such as a foreigner's card,
somebody saw it at the review: its person is named as typed, and never as another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.access.account import Account
from chalicelib.domain.identity_document import mailbox_id_for
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.domain.registration.registration import Registration


def first_mailbox(registration: Registration, prefixes: Mapping[DocumentType, str], user_id: str) -> Mailbox:
    """Return the mailbox that the registration opens, with its principal user.

    `user_id` is no other user's of any mailbox: sessions and their end go by it.
    """
    document_type, number = registration.document
    company = registration.company
    return Mailbox(
        mailbox_id_for(document_type, number, prefixes),
        Holder(document_type, number, registration.registered_name),
        MailboxState.OPEN,
        (_principal(registration, user_id),),
        version=1,
        accepted=registration.accepted,
        power=None if company is None else company.power,
    )


def first_account(mailbox: Mailbox) -> Account:
    """Return the account of a new mailbox's principal user, still without password."""
    name, principal = mailbox.mailbox_id, mailbox.users[0]
    account = Account(name, principal.user_id, name, UserState.PENDING, name=principal.name)
    return replace(account, document_number=principal.document_number, accepted=mailbox.accepted)


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
