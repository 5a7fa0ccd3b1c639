from __future__ import annotations

from typing import Any

import pytest

from infra.deploy.changes import IRREPLACEABLE, index_refusals, read_changes, refusals, table
from infra.deploy.guard import policy
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
    assert refusal.endswith(f"se perdería {IRREPLACEABLE[kind]}")


def test_what_is_added_or_changed_in_place_or_can_be_made_again_is_not_refused() -> None:
    changes = [a_change("Add", kind) for kind in IRREPLACEABLE]
    changes += [a_change("Modify", kind, Replacement="False") for kind in IRREPLACEABLE]
    changes += [replaced("AWS::Lambda::Permission"), a_change("Remove", "AWS::CloudWatch::Alarm")]
    assert refusals(read_changes(changes)) == []


def test_what_the_template_keeps_when_a_stack_goes_is_irreplaceable() -> None:
    kept = {
        one["Type"] for one in load_template()["Resources"].values() if one.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert kept
    assert kept <= set(IRREPLACEABLE)


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
