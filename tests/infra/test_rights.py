"""What functions may do in AWS: all that they were seen to do, and nothing that nobody saw."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.rights.calls import Call, kept_calls
from infra.rights.judge import Question, allowed, judged
from infra.rights.policies import Allowance, allowances, bucket_policy, functions, policy_of
from infra.rights.table import rights_table, written_table
from infra.rights.use import all_allowances, asked_of, uses
from infra.rights.witnesses import witnesses

ROOT = Path(__file__).parents[2]

BY_LAMBDA = "Lambda does it in the function's name, outside its code; neither the engine nor a test asks policies"
BY_S3 = "S3 asks it by itself of who reads an object that is not there, and else answers that it is forbidden"
IDENTITY = "mail goes by the identity that is verified, the address or its domain; the run verifies the address"

LOST = "what is known of an address was changed meanwhile: tests/store/test_mailbox_store.py"
OWN_SET = "tests of its letters have a configuration set of their own; tests/infra/test_access_mail.py has which it is"

UNSEEN: dict[tuple[str, str], str] = {
    ("Logs", "logs:CreateLogStream"): BY_LAMBDA,
    ("Logs", "logs:PutLogEvents"): BY_LAMBDA,
    ("Stream", "dynamodb:DescribeStream"): BY_LAMBDA,
    ("Stream", "dynamodb:GetRecords"): BY_LAMBDA,
    ("Stream", "dynamodb:GetShardIterator"): BY_LAMBDA,
    ("Stream", "dynamodb:ListStreams"): BY_LAMBDA,
    ("Queue", "sqs:ReceiveMessage"): BY_LAMBDA,
    ("Queue", "sqs:DeleteMessage"): BY_LAMBDA,
    ("Queue", "sqs:GetQueueAttributes"): BY_LAMBDA,
    ("DeadLetters", "sqs:SendMessage"): BY_LAMBDA,
    ("AbsenceOfArrivedIsToldAsSuch", "s3:ListBucket"): BY_S3,
    ("Mail to the domain", "ses:SendEmail"): IDENTITY,
    ("Mail to the domain", "ses:SendRawEmail"): IDENTITY,
}
"""What cannot be seen, by statement and action, with the reason."""


RARE: dict[tuple[str, str, str], str] = {
    ("api_handler", "UploadGrants", "s3:PutObject"): (
        "by the form of the page that has a file judged: tests/handlers/web/test_file_check_page.py"
    ),
    ("finish_registrations", "Registrations", "dynamodb:UpdateItem"): (
        "that an e-mail was taken of one that a desk took: tests/handlers/web/desk/test_desk_registration.py"
    ),
    ("finish_registrations", "Tokens", "dynamodb:DeleteItem"): (
        "what a name has under another pepper: tests/infra/test_token_rights.py"
    ),
    ("finish_registrations", "Calendar", "dynamodb:GetItem"): (
        "the last day of a review: tests/handlers/api/registration/test_impostors.py"
    ),
    (
        "api_handler",
        "Secrets",
        "secretsmanager:GetSecretValue",
    ): "IdentitySecret: tests have a provider without a secret in AWS",
    (
        "close_statements",
        "Counts",
        "dynamodb:Query",
    ): "where disuse is near: tests/services/agreement/test_change_agreement.py",
    (
        "close_statements",
        "Statements",
        "dynamodb:GetItem",
    ): "closed by another run meanwhile: tests/handlers/test_close_statements.py",
    (
        "close_statements",
        "Position",
        "dynamodb:PutItem",
    ): "a count that goes on another night: tests/handlers/test_close_statements.py",
    (
        "count_activity",
        "Alerts",
        "dynamodb:BatchGetItem",
    ): "an alert's loss: tests/services/institution/test_count_activity.py",
    (
        "prepare_exports",
        "PreparedFiles",
        "s3:AbortMultipartUpload",
    ): "half of a large file: tests/gateways/export/test_export_files.py",
    (
        "record_deliveries",
        "Mailboxes",
        "dynamodb:BatchGetItem",
    ): "a report before its sending: tests/services/alert/test_record_delivery.py",
    ("watch_addresses", "Alerts", "dynamodb:GetItem"): LOST,
    (
        "watch_data_requests",
        "FormerUsers",
        "dynamodb:GetItem",
    ): "the answer to who was taken out: services/people/answer_data_requests.py",
    **{(function, "Mailboxes", "dynamodb:GetItem"): LOST for function in ("send_alerts", "sweep_alerts")},
    (
        "sweep_alerts",
        "Mailboxes",
        "dynamodb:UpdateItem",
    ): "an address that dies of a second try: tests/services/alert/test_watch_addresses.py",
    **{
        (function, "Mail", action): OWN_SET
        for function in ("send_digests", "watch_addresses", "watch_data_requests")
        for action in ("ses:SendEmail", "ses:SendRawEmail")
    },
}
"""What neither the run nor a test with the function itself reaches, with when it is needed and which test has that."""


def of_unseen(allowance: Allowance) -> tuple[str, str]:
    domain = allowance.sid == "Mail" and allowance.resource.endswith("identity/${Domain}")
    return ("Mail to the domain" if domain else allowance.sid, allowance.action)


def is_excused(allowance: Allowance) -> bool:
    return of_unseen(allowance) in UNSEEN or (allowance.function, allowance.sid, allowance.action) in RARE


@cache
def seen() -> tuple[Call, ...]:
    """All that the end-to-end run recorded, and all that a test is the witness of."""
    return tuple(sorted({*kept_calls(), *(call for call, _ in witnesses())}))


def test_all_that_was_seen_is_allowed() -> None:
    decisions = judged([asked_of(policy_of(call.function), call) for call in seen()])

    assert [(str(call), said) for call, said in zip(seen(), decisions, strict=True) if said != "Allow"] == []


def test_each_function_was_seen() -> None:
    assert {call.function for call in kept_calls()} == {*functions()}


@cache
def used() -> frozenset[Allowance]:
    return frozenset(allowance for allowance, _ in uses(all_allowances(), seen()))


@pytest.mark.parametrize("function", functions())
def test_all_that_is_allowed_was_seen(function: str) -> None:
    unused = [each for each in allowances(function) if each not in used() and not is_excused(each)]

    assert [f"{each.sid}: {each.action} on {each.resource} {each.under}" for each in unused] == []


def test_nothing_is_excused_that_is_seen_or_that_nobody_is_allowed() -> None:
    unused = [each for each in all_allowances() if each not in used()]

    assert {key for key in UNSEEN if key not in {of_unseen(each) for each in unused}} == set()
    assert {key for key in RARE if key not in {(each.function, each.sid, each.action) for each in unused}} == set()


@pytest.mark.parametrize("reason", sorted({*RARE.values()}))
def test_the_test_that_has_what_is_rare_exists(reason: str) -> None:
    for path in re.findall(r"tests/[\w/]+\.py", reason):
        assert (ROOT / path).exists()


def test_witnesses_are_tests_and_see_what_the_run_does_not() -> None:
    for test in {test for _, test in witnesses()}:
        path, _, name = test.partition("::")
        defined = [
            node.name
            for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
        ]
        assert name in defined, test
    assert {call for call, _ in witnesses()} & {*kept_calls()} == set()


DOCUMENTS, UPLOADS, EXPORTS = "${DocumentsBucket.Arn}", "${UploadsBucket.Arn}", "${ExportsBucket.Arn}"
OTHER_SENDER = {"ses:FromAddress": "otro@ejemplo.example"}
MAIL = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
NOBODY = [
    *[("s3:DeleteObjectVersion", f"{DOCUMENTS}/notices/2026/01/05/N/constancia.pdf")],
    *[("s3:BypassGovernanceRetention", f"{DOCUMENTS}/notices/2026/01/05/N/00")],
    *[("s3:PutObjectRetention", f"{DOCUMENTS}/files/2026/01/05/e/u"), ("s3:PutObjectAcl", f"{DOCUMENTS}/files/a")],
    *[
        (f"s3:{act}", bucket)
        for act in ("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl")
        for bucket in (DOCUMENTS, UPLOADS, EXPORTS)
    ],
    *[
        (f"s3:{act}", DOCUMENTS)
        for act in (
            "PutLifecycleConfiguration",
            "PutBucketVersioning",
            "PutBucketObjectLockConfiguration",
            "DeleteBucket",
        )
    ],
    *[
        (f"dynamodb:{act}", "${NoticesTable.Arn}")
        for act in (
            "DeleteItem",
            "DeleteTable",
            "UpdateTable",
            "ExportTableToPointInTime",
            "PutResourcePolicy",
            "PartiQLSelect",
        )
    ],
    *[(f"dynamodb:{act}", "${EventsTable.Arn}") for act in ("DeleteItem", "UpdateItem", "BatchWriteItem", "Scan")],
    *[(f"dynamodb:{act}", "${DepositsTable.Arn}") for act in ("DeleteItem", "UpdateItem")],
    *[("dynamodb:Scan", f"${{{table}Table.Arn}}") for table in ("Accounts", "Tokens", "Staff", "Notices")],
    *[
        ("kms:ScheduleKeyDeletion", "${DataKey.Arn}"),
        ("kms:PutKeyPolicy", "${DataKey.Arn}"),
        ("kms:CreateGrant", "${DataKey.Arn}"),
    ],
    *[("secretsmanager:PutSecretValue", "${TokenSecret.Id}"), ("secretsmanager:DeleteSecret", "${TokenSecret.Id}")],
    *[("sns:Publish", "arn:${AWS::Partition}:sns:us-east-1:000000000000:operator"), ("sns:Subscribe", "*")],
    *[("iam:PassRole", "*"), ("sts:AssumeRole", "*"), ("lambda:InvokeFunction", "*"), ("logs:GetLogEvents", "*")],
]
"""What no function may do: delete for good, unlock, open a bucket, change the log of events, read whole tables."""


@pytest.mark.parametrize("function", functions())
def test_no_function_may(function: str) -> None:
    policy = policy_of(function)

    decisions = judged([Question(policy, action, resource) for action, resource in NOBODY])

    assert [ask for ask, said in zip(NOBODY, decisions, strict=True) if said == "Allow"] == []


@pytest.mark.parametrize("function", functions())
def test_no_key_is_used_but_through_the_service_that_holds_the_data(function: str) -> None:
    policy, via = policy_of(function), "kms:ViaService"
    asked = [
        Question(policy, f"kms:{act}", "${DataKey.Arn}", under)
        for act in ("Decrypt", "GenerateDataKey", "Encrypt")
        for under in ({}, {via: "ec2.${AWS::Region}.amazonaws.com"}, {via: "s3.eu-west-1.amazonaws.com"})
    ] + [Question(policy, f"kms:{act}", "${StaffKey.Arn}") for act in ("Decrypt", "Encrypt")]

    assert "Allow" not in judged(asked)


@pytest.mark.parametrize("function", functions())
def test_no_function_writes_mail_in_another_name(function: str) -> None:
    policy = policy_of(function)
    to = [f"{MAIL}identity/${{MailFrom}}", f"{MAIL}identity/${{Domain}}", f"{MAIL}configuration-set/${{AccessMail}}"]

    asked = [
        Question(policy, act, one, under)
        for act in ("ses:SendEmail", "ses:SendRawEmail")
        for one in to
        for under in (OTHER_SENDER, {})
    ]

    assert "Allow" not in judged(asked)


def keys(*values: str) -> dict[str, Any]:
    return {"dynamodb:LeadingKeys": [*values]}


SESSION, REGISTRATION = keys("session#0"), keys("registration#0")
MUST_NOT: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    # Parses what strangers send.
    "check_uploads": [
        ("s3:PutObject", f"{DOCUMENTS}/notices/2026/01/05/N/constancia.pdf", {}),
        ("s3:PutObject", f"{DOCUMENTS}/audits/e/1/a.pdf", {}),
        ("s3:PutObject", f"{DOCUMENTS}/desk/e/1.pdf", {}),
        ("s3:DeleteObject", f"{DOCUMENTS}/files/2026/01/05/e/u", {}),
        ("s3:DeleteObject", f"{DOCUMENTS}/notices/2026/01/05/N/00", {}),
        ("s3:GetObject", f"{DOCUMENTS}/files/2026/01/05/e/u", {}),
        ("s3:ListBucket", DOCUMENTS, {}),
        ("s3:PutObject", f"{UPLOADS}/uploads/e/u", {}),
        ("s3:GetObject", f"{EXPORTS}/2026/01/05/e/x", {}),
        ("dynamodb:GetItem", "${AccountsTable.Arn}", keys("1-40000002")),
        ("dynamodb:GetItem", "${MailboxesTable.Arn}", keys("1-40000002")),
        ("dynamodb:Query", "${NoticesTable.Arn}/index/by_mailbox", keys("1-40000002")),
        ("dynamodb:PutItem", "${EventsTable.Arn}", keys("notice#N")),
        ("dynamodb:GetItem", "${TokensTable.Arn}", SESSION),
        ("dynamodb:DeleteItem", "${UploadsTable.Arn}", keys("u")),
        ("secretsmanager:GetSecretValue", "${TokenSecret.Id}", {}),
        ("ses:SendEmail", f"{MAIL}identity/${{MailFrom}}", {"ses:FromAddress": "${MailFrom}"}),
        ("sns:Publish", "*", {}),
    ],
    # Parses what an institution's system sends, before and after it is known who sent it.
    "api_handler": [
        ("s3:DeleteObject", f"{DOCUMENTS}/notices/2026/01/05/N/00", {}),
        ("s3:PutObject", f"{DOCUMENTS}/files/2026/01/05/e/u", {}),
        ("s3:PutObject", f"{DOCUMENTS}/audits/e/1/a.pdf", {}),
        ("s3:PutObject", f"{DOCUMENTS}/other/x", {}),
        ("s3:ListBucket", DOCUMENTS, {}),
        ("s3:GetObject", f"{UPLOADS}/uploads/e/u", {}),
        ("s3:PutObject", f"{EXPORTS}/2026/01/05/e/x", {}),
        ("s3:DeleteObject", f"{EXPORTS}/2026/01/05/e/x", {}),
        ("dynamodb:DeleteItem", "${InstitutionsTable.Arn}", keys("entidad-demo")),
        ("dynamodb:Scan", "${InstitutionsTable.Arn}", {}),
        ("dynamodb:DeleteItem", "${MailboxesTable.Arn}", keys("1-40000002")),
        ("dynamodb:PutItem", "${CountsTable.Arn}", keys("looks#operator")),
        ("sqs:SendMessage", "${UploadsArrived.Arn}", {}),
    ],
    "prepare_exports": [
        ("s3:PutObject", f"{DOCUMENTS}/notices/2026/01/05/N/00", {}),
        ("s3:PutObject", f"{EXPORTS}/sent/2026/01/05/x", {}),
        ("s3:GetObject", f"{DOCUMENTS}/desk/e/1.pdf", {}),
        ("s3:GetObject", f"{DOCUMENTS}/audits/e/1/a.pdf", {}),
        ("s3:GetObject", f"{EXPORTS}/2026/01/05/e/x", {}),
        ("dynamodb:Query", "${EventsTable.Arn}", keys("user#u1")),
        ("dynamodb:GetItem", "${InstitutionsTable.Arn}", keys("entidad-demo")),
        ("dynamodb:GetItem", "${AccountsTable.Arn}", keys("1-40000002")),
        ("s3:PutObject", f"{DOCUMENTS}/files/2026/01/05/e/u", {}),
        ("s3:PutObject", f"{UPLOADS}/uploads/entidad-demo/u/a.pdf", {}),
        ("s3:GetObject", f"{UPLOADS}/uploads/person.u1/u/a.pdf", {}),
        ("dynamodb:GetItem", "${CompositionsTable.Arn}", keys("c1")),
        ("dynamodb:PutItem", "${CompositionsTable.Arn}", keys("filing#d")),
        ("dynamodb:GetItem", "${FilingsTable.Arn}", keys("F")),
        ("dynamodb:UpdateItem", "${UploadsTable.Arn}", keys("u")),
    ],
    "expire_uploads": [
        ("s3:DeleteObject", f"{DOCUMENTS}/notices/2026/01/05/N/00", {}),
        ("s3:DeleteObject", f"{DOCUMENTS}/desk/e/1.pdf", {}),
        ("s3:GetObject", f"{DOCUMENTS}/files/2026/01/05/e/u", {}),
        ("dynamodb:DeleteItem", "${UploadsTable.Arn}", keys("u")),
    ],
    "sweep_orphans": [
        ("s3:DeleteObject", f"{DOCUMENTS}/files/2026/01/05/e/u", {}),
        ("s3:ListBucket", DOCUMENTS, {"s3:prefix": "desk/"}),
        ("s3:ListBucket", DOCUMENTS, {}),
        ("s3:GetObject", f"{DOCUMENTS}/notices/2026/01/05/N/00", {}),
        ("dynamodb:GetItem", "${TokensTable.Arn}", SESSION),
    ],
    # Reads what mail providers report.
    "record_deliveries": [
        ("dynamodb:PutItem", "${EventsTable.Arn}", REGISTRATION),
        ("dynamodb:PutItem", "${MailboxesTable.Arn}", keys("1-40000002")),
        ("dynamodb:UpdateItem", "${NoticesTable.Arn}", keys("N")),
    ],
    **{
        function: [
            ("dynamodb:PutItem", "${EventsTable.Arn}", REGISTRATION),
            ("dynamodb:PutItem", "${EventsTable.Arn}", keys("notice#N", "registration#0")),
            ("s3:GetObject", f"{DOCUMENTS}/files/2026/01/05/e/u", {}),
            ("dynamodb:GetItem", "${TokensTable.Arn}", SESSION),
        ]
        for function in ("send_alerts", "sweep_alerts", "send_reminders")
    },
    **{
        function: [
            ("dynamodb:GetItem", "${TokensTable.Arn}", SESSION),
            ("dynamodb:PutItem", "${TokensTable.Arn}", SESSION),
            ("dynamodb:PutItem", "${TokensTable.Arn}", keys("position#another")),
        ]
        for function in (
            "close_statements",
            "index_receipts",
            "send_digests",
            "watch_addresses",
            "watch_agreements",
            "watch_keys",
        )
    },
    "clean_tokens": [("dynamodb:PutItem", "${TokensTable.Arn}", SESSION)],
    "clean_registrations": [("s3:DeleteObject", f"{DOCUMENTS}/desk/e/7KQ2-M9XA/0.pdf", {})],
    "watch_calendar": [("dynamodb:GetItem", "${InstitutionsTable.Arn}", keys("entidad-demo"))],
    "watch_recoveries": [("dynamodb:Query", "${StaffTable.Arn}", keys("entidad-demo"))],
    "finish_registrations": [("dynamodb:GetItem", "${InstitutionsTable.Arn}", keys("entidad-demo"))],
    # What a person tells it, it does; it sees no document and no notice's file.
    "operator": [
        ("s3:GetObject", f"{DOCUMENTS}/notices/2026/01/05/N/00", {}),
        ("s3:PutObject", f"{DOCUMENTS}/notices/2026/01/05/N/00", {}),
        ("kms:Decrypt", "${StaffKey.Arn}", {"kms:EncryptionContextKeys": ["staff_id"]}),
        ("dynamodb:DeleteItem", "${InstitutionsTable.Arn}", keys("entidad-demo")),
        ("dynamodb:DeleteItem", "${MailboxesTable.Arn}", keys("1-40000002")),
        ("dynamodb:PutItem", "${NoticesTable.Arn}", keys("N")),
        ("dynamodb:PutItem", "${AlertsTable.Arn}", keys("N")),
        ("secretsmanager:GetSecretValue", "${RegistrySecret.Id}", {}),
        ("sns:Publish", "*", {}),
    ],
}
"""What each function would do in a burglar's hands, and may not."""


@pytest.mark.parametrize("function", MUST_NOT)
def test_a_function_may_not_do_what_a_burglar_would_have_it_do(function: str) -> None:
    policy = policy_of(function)

    decisions = judged([Question(policy, action, resource, under) for action, resource, under in MUST_NOT[function]])

    assert [ask for ask, said in zip(MUST_NOT[function], decisions, strict=True) if said == "Allow"] == []


def test_the_bucket_of_documents_refuses_even_who_was_allowed_too_much() -> None:
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = {"Statement": [everything, *bucket_policy("DocumentsBucket")["Statement"]]}
    document, by_tls = f"{DOCUMENTS}/notices/2026/01/05/N/00", {"aws:SecureTransport": "true"}
    acts = (
        "GetObject",
        "DeleteObject",
        "DeleteObjectVersion",
        "BypassGovernanceRetention",
        "PutObjectRetention",
        "PutObjectLegalHold",
    )

    decisions = judged([Question(policy, f"s3:{act}", document, by_tls) for act in acts])

    assert decisions == ["Allow", "Allow", "Deny", "Deny", "Deny", "Deny"]


KNOWN_ANSWERS: list[tuple[dict[str, Any], str, str, dict[str, Any], str]] = [
    ({"Action": ["s3:GetObject"], "Resource": ["a/b/*"]}, "s3:GetObject", "a/b/c/d", {}, "Allow"),
    ({"Action": ["s3:GetObject"], "Resource": ["a/b/*"]}, "s3:getobject", "a/b/c", {}, "Allow"),
    ({"Action": ["s3:GetObject"], "Resource": ["a/b/*"]}, "s3:GetObject", "a/bc", {}, "ImplicitDeny"),
    ({"Action": ["s3:GetObject"], "Resource": ["a/B"]}, "s3:GetObject", "a/b", {}, "ImplicitDeny"),
    ({"Action": ["s3:GetObject"], "Resource": ["20??/*"]}, "s3:GetObject", "2026/a", {}, "Allow"),
    ({"Action": ["s3:GetObject"], "Resource": ["20??/*"]}, "s3:GetObject", "sent/a", {}, "ImplicitDeny"),
    ({"Action": ["sns:Publish"], "NotResource": ["arn:*"]}, "sns:Publish", "*", {}, "Allow"),
    ({"Action": ["sns:Publish"], "NotResource": ["arn:*"]}, "sns:Publish", "arn:x", {}, "ImplicitDeny"),
]


@pytest.mark.parametrize(("statement", "action", "resource", "under", "decision"), KNOWN_ANSWERS)
def test_the_judge_knows_how_aws_matches(
    statement: dict[str, Any], action: str, resource: str, under: dict[str, Any], decision: str
) -> None:
    assert judged([Question({"Statement": [{"Effect": "Allow", **statement}]}, action, resource, under)]) == [decision]


CONDITIONS = [
    ({"StringEquals": {"ses:FromAddress": "a@b.c"}}, {"ses:FromAddress": "a@b.c"}, True),
    ({"StringEquals": {"ses:FromAddress": "a@b.c"}}, {"ses:FromAddress": "A@b.c"}, False),
    ({"StringEquals": {"ses:FromAddress": "a@b.c"}}, {}, False),
    ({"StringLike": {"s3:prefix": "notices/*"}}, {"s3:prefix": "notices/2026"}, True),
    ({"StringLike": {"s3:prefix": "notices/*"}}, {"s3:prefix": ""}, False),
    ({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["a#*"]}}, {"dynamodb:LeadingKeys": ["a#1", "a#2"]}, True),
    ({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["a#*"]}}, {"dynamodb:LeadingKeys": ["a#1", "b#2"]}, False),
    ({"Null": {"kms:EncryptionContextKeys": "false"}}, {}, False),
    ({"Null": {"kms:EncryptionContextKeys": "false"}}, {"kms:EncryptionContextKeys": ["staff_id"]}, True),
]


@pytest.mark.parametrize(("condition", "under", "holds"), CONDITIONS)
def test_the_judge_knows_how_aws_compares(condition: dict[str, Any], under: dict[str, Any], *, holds: bool) -> None:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"], "Condition": condition}

    assert allowed([Question({"Statement": [statement]}, "s3:GetObject", "a", under)]) == [holds]


def test_a_denial_is_stronger_than_an_allowance() -> None:
    both = [{"Effect": effect, "Action": ["s3:GetObject"], "Resource": ["*"]} for effect in ("Allow", "Deny")]

    assert judged([Question({"Statement": both}, "s3:GetObject", "a")]) == ["Deny"]


def test_the_table_of_the_document_is_that_of_the_policies() -> None:
    assert written_table() == rights_table(), "python -m infra.rights table makes it anew"
