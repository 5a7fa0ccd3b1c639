from __future__ import annotations

from typing import Any

import pytest

from infra.deploy.changes import (
    DISPENSABLE,
    IRREPLACEABLE,
    NAMED,
    PROTECTING,
    index_refusals,
    read_changes,
    refusals,
    table,
    will_be_protected,
)
from infra.deploy.guard import policy, policy_but_for
from infra.template import load_template


def a_change(action: str, kind: str, name: str = "Thing", **said: Any) -> dict[str, Any]:
    return {
        "Type": "Resource",
        "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": kind, **said},
    }


def replaced(kind: str, how: str = "True") -> dict[str, Any]:
    target = {"Attribute": "Properties", "Name": "KeySchema", "RequiresRecreation": "Always"}
    return a_change("Modify", kind, Replacement=how, Details=[{"Target": target}])


@pytest.mark.parametrize("kind", IRREPLACEABLE)
@pytest.mark.parametrize(
    "planted", ["replaced", "perhaps replaced", "removed", "removed though kept", "as the rest goes"]
)
def test_whatever_would_lose_what_cannot_be_made_again_is_refused(kind: str, planted: str) -> None:
    change = {
        "replaced": replaced(kind),
        "perhaps replaced": replaced(kind, "Conditional"),
        "removed": a_change("Remove", kind),
        "removed though kept": a_change("Remove", kind, PolicyAction="Retain"),
        "as the rest goes": a_change("Dynamic", kind),
    }[planted]
    [refusal] = refusals(read_changes([a_change("Add", "AWS::SQS::QueuePolicy"), change]))
    assert refusal.startswith(f"Thing ({kind}) ")
    assert refusal.endswith(f"se pierde: {IRREPLACEABLE[kind]}")


@pytest.mark.parametrize("kind", IRREPLACEABLE)
def test_what_is_needed_no_more_goes_by_name_and_data_only_out_of_the_stack(kind: str) -> None:
    by_name = frozenset({"Thing"})
    goes, stays = (read_changes([a_change("Remove", kind, **said)]) for said in ({}, {"PolicyAction": "Retain"}))
    assert refusals(stays, by_name) == []
    assert (refusals(goes, by_name) == []) is (kind in DISPENSABLE)
    assert len(refusals(stays, frozenset())) == 1
    for how in ("True", "Conditional"):
        assert "no se quita" in refusals(read_changes([replaced(kind, how)]), by_name)[1]
        assert "se pierde" in refusals(read_changes([replaced(kind, how)]), by_name)[0]


def test_nothing_is_named_by_the_way() -> None:
    added = read_changes([a_change("Add", "AWS::SQS::Queue")])
    assert refusals(added, frozenset({"Thing"})) == ["Thing no se quita: no lo nombre en LOSES"]


def test_the_policy_of_an_update_that_removes_something_protects_all_the_others() -> None:
    kinds = {"Table": "AWS::DynamoDB::Table", "Old": "AWS::SQS::Queue", "Alarm": "AWS::CloudWatch::Alarm"}
    template = {"Resources": {name: {"Type": kind} for name, kind in kinds.items()}}
    _, denied = policy_but_for(frozenset({"Old"}), template)["Statement"]
    assert denied["Resource"] == ["LogicalResourceId/Table"]
    assert "Condition" not in denied
    assert len(policy_but_for(frozenset({"Old", "Table"}), template)["Statement"]) == 1


def modified(kind: str, *properties: str, evaluation: str = "Static") -> dict[str, Any]:
    details = [{"Target": {"Attribute": "Properties", "Name": name}, "Evaluation": evaluation} for name in properties]
    return a_change("Modify", kind, Replacement="False", Details=details)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, named in PROTECTING.items() for name in sorted(named)]
)
def test_what_protects_a_thing_that_stays_changes_by_name_alone(kind: str, name: str) -> None:
    changes = read_changes([modified(kind, "Tags", name)])
    [told] = refusals(changes)
    assert told.startswith(f"Thing ({kind}) cambia")
    assert told.endswith(f"protege: {name}. Si es a propósito: LOSES=Thing")
    assert refusals(changes, frozenset({"Thing"})) == []
    assert refusals(read_changes([modified(kind, name, evaluation="Dynamic")])) == []


@pytest.mark.parametrize("kind", NAMED)
def test_what_protects_others_goes_by_name_alone(kind: str) -> None:
    for change in (a_change("Remove", kind), replaced(kind), replaced(kind, "Conditional")):
        changes = read_changes([change])
        [told] = refusals(changes)
        assert NAMED[kind] in told
        assert refusals(changes, frozenset({"Thing"})) == []
    assert refusals(read_changes([a_change("Add", kind)])) == []
    is_opaque = kind == "AWS::CloudFormation::Stack"
    assert len(refusals(read_changes([modified(kind, "Tags")]))) == is_opaque


def test_a_table_that_nobody_can_delete_any_more_loses_nothing() -> None:
    changes = read_changes([modified("AWS::DynamoDB::Table", "DeletionProtectionEnabled")])
    template = {"Resources": {"Thing": {"Properties": {"DeletionProtectionEnabled": {"Ref": "P"}}}}}
    assert refusals(changes, protected=will_be_protected(template, "P", "true")) == []
    assert len(refusals(changes, protected=will_be_protected(template, "P", "false"))) == 1


def test_what_is_added_or_changed_in_place_or_can_be_made_again_is_not_refused() -> None:
    changes = [a_change("Add", kind) for kind in IRREPLACEABLE]
    changes += [a_change("Modify", kind, Replacement="False") for kind in IRREPLACEABLE]
    changes += [modified(kind, "Tags") for kind in PROTECTING]
    changes += [replaced("AWS::Lambda::Permission"), a_change("Remove", "AWS::CloudWatch::Alarm")]
    assert refusals(read_changes(changes)) == []


OF_THE_ACCOUNT = {"AWS::ApiGateway::Account", "AWS::IAM::Role"}
"""Kept since others of the account may need them by now: they hold nothing, and can be made again."""


def test_what_the_template_keeps_when_a_stack_goes_is_irreplaceable() -> None:
    kept = {
        one["Type"] for one in load_template()["Resources"].values() if one.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert kept
    assert kept - OF_THE_ACCOUNT <= set(IRREPLACEABLE)


def test_a_table_of_changes_says_in_plain_words_what_becomes_of_each() -> None:
    target = {"Attribute": "Properties", "Name": "Threshold"}
    lines = table(
        read_changes(
            [
                a_change(
                    "Modify", "AWS::CloudWatch::Alarm", "ApiErrors", Replacement="False", Details=[{"Target": target}]
                ),
                replaced("AWS::Lambda::Permission"),
                a_change("Remove", "AWS::SNS::Topic", "Old"),
                a_change("Add", "AWS::SQS::Queue", "New"),
            ]
        )
    )
    assert lines == [
        "cambia        ApiErrors  AWS::CloudWatch::Alarm   Threshold",
        "SE REEMPLAZA  Thing      AWS::Lambda::Permission  KeySchema",
        "se quita      Old        AWS::SNS::Topic",
        "se agrega     New        AWS::SQS::Queue",
        "en total: cambia 1, SE REEMPLAZA 1, se quita 1, se agrega 1",
    ]


def test_of_much_that_is_added_only_how_many_of_each_kind_is_told() -> None:
    changes = [a_change("Add", "AWS::SQS::Queue", f"Q{number}") for number in range(50)]
    assert table(read_changes([*changes, a_change("Remove", "AWS::SNS::Topic", "Old")])) == [
        "se quita   Old    AWS::SNS::Topic",
        "se agrega  50 de  AWS::SQS::Queue",
        "en total: se agrega 50, se quita 1",
    ]


def a_table(**indexes: str) -> dict[str, Any]:
    """Return a template with one table, whose indexes have these keys."""
    listed = [
        {
            "IndexName": name,
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        for name, key in indexes.items()
    ]
    properties = {"GlobalSecondaryIndexes": listed} if listed else {}
    return {"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"a": "1"}, ""),
        ({"a": "1"}, {}, ""),
        ({"a": "1"}, {"a": "1"}, ""),
        ({}, {"a": "1", "b": "1"}, "a, b"),
        ({"a": "1"}, {"b": "1"}, "b, a"),
        ({"a": "1"}, {"a": "2"}, "a"),
    ],
)
def test_a_table_takes_one_index_more_or_less_an_update(
    before: dict[str, str], after: dict[str, str], told: str
) -> None:
    refused = index_refusals(a_table(**before), a_table(**after))
    assert len(refused) == bool(told)
    assert all(one.endswith(f"y aquí cambian {told}") for one in refused)


def test_a_new_table_takes_as_many_indexes_as_it_likes() -> None:
    assert index_refusals({"Resources": {}}, a_table(a="1", b="1")) == []


def test_the_stack_policy_denies_what_a_change_set_is_refused_for() -> None:
    allowed, denied = policy()["Statement"]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "Update:*")
    assert denied["Effect"] == "Deny"
    assert set(denied["Action"]) == {"Update:Replace", "Update:Delete"}
    assert denied["Condition"]["StringEquals"]["ResourceType"] == sorted(IRREPLACEABLE)
