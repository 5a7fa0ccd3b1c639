"""The tables' indexes, all of them: what the stores query by name, and how much each holds."""

from __future__ import annotations

from infra.template import load_template

TABLES = {
    name: resource["Properties"]
    for name, resource in load_template()["Resources"].items()
    if resource.get("Type") == "AWS::DynamoDB::Table"
}


def test_the_indexes_the_stores_query_by_name_exist() -> None:
    indexes = {
        (name, index["IndexName"]): {key["KeyType"]: key["AttributeName"] for key in index["KeySchema"]}
        for name, table in TABLES.items()
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    assert indexes == {
        ("MailboxesTable", "frozen"): {"HASH": "frozen_shard", "RANGE": "frozen_since"},
        ("AccountsTable", "by_person"): {"HASH": "person"},
        ("NoticesTable", "by_mailbox"): {"HASH": "mailbox_id", "RANGE": "deposited_key"},
        ("NoticesTable", "by_reading"): {"HASH": "reading", "RANGE": "deposited_key"},
        ("NoticesTable", "by_sender_shard"): {"HASH": "sender_shard", "RANGE": "deposited_key"},
        ("NoticesTable", "by_verification_code"): {"HASH": "verification_code"},
        ("NoticesTable", "by_receipt"): {"HASH": "receipt_sha256"},
        ("NoticesTable", "to_remind"): {"HASH": "remind_shard", "RANGE": "remind_at"},
        ("EventsTable", "by_looker"): {"HASH": "looker", "RANGE": "position"},
        ("AlertsTable", "due"): {"HASH": "due_shard", "RANGE": "due_at"},
        ("AlertsTable", "waiting"): {"HASH": "waiting_shard", "RANGE": "waiting_since"},
        ("AlertsTable", "given_up"): {"HASH": "given_up_shard", "RANGE": "given_up_since"},
        ("AlertsTable", "failed"): {"HASH": "failed_shard", "RANGE": "failed_since"},
        ("AlertsTable", "failed_of_sender"): {"HASH": "institution_id", "RANGE": "failed_since"},
        ("UploadsTable", "by_expiry_shard"): {"HASH": "expiry_shard", "RANGE": "upload_id"},
        ("TokensTable", "by_subject"): {"HASH": "subject", "RANGE": "issued_at"},
        ("TokensTable", "by_expiry"): {"HASH": "expiry_shard", "RANGE": "expires_at"},
        ("RequestsTable", "awaiting"): {"HASH": "awaits", "RANGE": "due_at"},
        ("CompositionsTable", "by_author"): {"HASH": "author", "RANGE": "changed_at"},
        ("CompositionsTable", "by_office"): {"HASH": "seen_by", "RANGE": "changed_at"},
        ("FilingsTable", "by_holder"): {"HASH": "mailbox_id", "RANGE": "filed_key"},
        ("FilingsTable", "by_office"): {"HASH": "inbox", "RANGE": "filed_key"},
        ("FilingsTable", "by_month"): {"HASH": "month", "RANGE": "filed_key"},
        ("FilingsTable", "due"): {"HASH": "due_shard", "RANGE": "due_at"},
        ("RegistrationsTable", "waiting"): {"HASH": "waiting_for", "RANGE": "due_at"},
        ("RegistrationsTable", "waiting_since"): {"HASH": "waiting_for", "RANGE": "waiting_since"},
        ("RegistrationsTable", "by_expiry_shard"): {"HASH": "expiry_shard", "RANGE": "registration_key"},
        ("RegistrationsTable", "awaited"): {"HASH": "awaited_by", "RANGE": "awaited"},
    }


def test_who_can_verify_a_receipt_learns_its_notice_from_the_index_and_nothing_more() -> None:
    projections = {
        index["IndexName"]: index["Projection"] for index in TABLES["NoticesTable"]["GlobalSecondaryIndexes"]
    }

    assert projections["by_verification_code"] == projections["by_receipt"] == {"ProjectionType": "KEYS_ONLY"}
