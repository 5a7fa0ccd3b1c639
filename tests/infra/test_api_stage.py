"""The API's one stage, as CloudFormation is asked for it: SAM adds to what the template says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.template import load_template

pytestmark = pytest.mark.deep

LONGEST = 1_000_000
"""Bytes that CloudFormation takes of a template in S3."""


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == kind}


def test_there_is_one_stage_and_no_second_public_one_beside_it(transformed: dict[str, Any]) -> None:
    assert [stage["StageName"] for stage in of_type(transformed, "AWS::ApiGateway::Stage").values()] == ["api"]
    [deployment] = of_type(transformed, "AWS::ApiGateway::Deployment").values()
    assert "StageName" not in deployment


def test_what_chalice_wrote_of_the_api_is_left_as_it_was(transformed: dict[str, Any]) -> None:
    [api] = of_type(transformed, "AWS::ApiGateway::RestApi").values()
    assert api["Body"]["swagger"] == "2.0"
    assert "openapi" not in api["Body"]
    assert "multipart/form-data" in api["Body"]["x-amazon-apigateway-binary-media-types"]
    assert api["Body"]["x-amazon-apigateway-gateway-responses"].keys() >= {"DEFAULT_4XX", "THROTTLED"}
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_behind_a_domain_the_api_has_no_other_address(transformed: dict[str, Any]) -> None:
    [api] = of_type(transformed, "AWS::ApiGateway::RestApi").values()
    closed = api["Body"]["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"]
    assert closed == {"Fn::If": ["HasCertificate", True, False]}
    assert transformed["Outputs"]["EndpointURL"]["Condition"] == "HasNoCertificate"
    conditions = transformed["Conditions"]
    assert conditions["HasCertificate"] == {"Fn::Not": [conditions["HasNoCertificate"]]}


def test_a_base_path_is_refused_where_the_domain_has_none(transformed: dict[str, Any]) -> None:
    [mapping] = [
        r["Properties"]
        for r in load_template()["Resources"].values()
        if r.get("Type") == "AWS::ApiGateway::BasePathMapping" and r["Condition"] == "HasCertificate"
    ]
    assert "BasePath" not in mapping
    [rule] = transformed["Rules"]["NoPathBehindTheDomain"]["Assertions"]
    no_domain, no_path = rule["Assert"]["Fn::Or"]
    assert no_domain == {"Fn::Equals": [{"Ref": "ApiCertificateArn"}, ""]}
    assert no_path == {"Fn::Equals": [{"Ref": "ApiBasePath"}, ""]}


def test_the_template_is_far_from_too_long(merged: Path, transformed: dict[str, Any]) -> None:
    for template in (json.loads(merged.read_text(encoding="utf-8")), transformed):
        assert 300_000 < len(json.dumps(template, separators=(",", ":"))) < LONGEST * 0.6
