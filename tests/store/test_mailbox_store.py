from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.mailbox import AcceptedText, DocumentType, Mailbox, MailboxChanged, MailboxState
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.tables import MailboxItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import NOW, a_mailbox, a_user


@pytest.fixture
def mailboxes(engine: dict[str, str]) -> MailboxStore:
    bound(engine)
    return MailboxStore()


def a_full_mailbox(**overrides: Any) -> Mailbox:
    document = {"document_type": DocumentType.DNI, "document_number": "40000028"}
    accepted = (AcceptedText("terms", "2026-01", NOW, "192.0.2.1"),)
    return replace(a_mailbox(users=(a_user(1), a_user(2, **document)), accepted=accepted), **overrides)


def test_a_mailbox_is_found_as_it_was_put(mailboxes: MailboxStore) -> None:
    assert mailboxes.find("1-40000002") is None
    mailboxes.put(a_full_mailbox())
    assert mailboxes.find("1-40000002") == a_full_mailbox()


def test_a_mailbox_stored_before_users_had_documents_still_reads(mailboxes: MailboxStore) -> None:
    data = {
        "mailbox_id": "1-40000002",
        "holder": {"document_type": "DNI", "document_number": "40000002", "name": "QUISPE DEMO MARÍA ÑUSTA"},
        "state": "open",
        "users": [
            {
                "user_id": "u1",
                "name": "Usuaria Ejemplo 1",
                "email": "usuaria1@ejemplo.pe",
                "mobile": "+51900000001",
                "state": "active",
                "is_principal": True,
            }
        ],
        "version": 1,
    }
    MailboxItem("1-40000002", state="open", version=1, data=data).save()
    assert mailboxes.find("1-40000002") == a_mailbox(users=(a_user(1),))


def test_a_mailbox_changes_only_from_the_version_that_was_read(mailboxes: MailboxStore) -> None:
    mailboxes.put(a_full_mailbox())
    changed = mailboxes.update(a_full_mailbox(state=MailboxState.DISABLED))
    assert changed == a_full_mailbox(state=MailboxState.DISABLED, version=2)
    assert mailboxes.find("1-40000002") == changed
    with pytest.raises(MailboxChanged):
        mailboxes.update(a_full_mailbox())
    assert mailboxes.find("1-40000002") == changed


def test_a_mailbox_that_is_not_there_is_not_made_by_an_update(mailboxes: MailboxStore) -> None:
    with pytest.raises(MailboxChanged):
        mailboxes.update(a_full_mailbox())
    assert mailboxes.find("1-40000002") is None


def test_a_change_leaves_the_counters_of_the_item_as_they_are(mailboxes: MailboxStore, engine: dict[str, str]) -> None:
    mailboxes.put(a_full_mailbox())
    connection = bound(engine)
    counted = {
        "TableName": MailboxItem.Meta.table_name,
        "Key": {"mailbox_id": {"S": "1-40000002"}},
        "UpdateExpression": "ADD deposited :one",
        "ExpressionAttributeValues": {":one": {"N": "7"}},
    }
    connection.dispatch("UpdateItem", counted)
    mailboxes.update(a_full_mailbox(state=MailboxState.DISABLED))
    read = {"TableName": MailboxItem.Meta.table_name, "Key": {"mailbox_id": {"S": "1-40000002"}}}
    item = connection.dispatch("GetItem", read)["Item"]
    assert (item["deposited"], item["state"], item["version"]) == ({"N": "7"}, {"S": "disabled"}, {"N": "2"})


@pytest.mark.ministack
def test_of_eight_changes_from_one_version_one_wins(ministack: dict[str, str]) -> None:
    bound(ministack)
    mailboxes = MailboxStore()
    mailboxes.put(a_full_mailbox())
    results = at_once(8, lambda n: mailboxes.update(a_full_mailbox(holder=replace(a_mailbox().holder, name=f"N{n}"))))
    assert [result for result in results if isinstance(result, Mailbox)] == [mailboxes.find("1-40000002")]
