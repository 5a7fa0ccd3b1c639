"""How browsers and institutions' systems reach the gateway: TLS 1.2 or 1.3 with forward secrecy, by whatever host."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import Session

from infra.template import load_template

RESOURCES: dict[str, dict[str, Any]] = load_template()["Resources"]
OF_TODAY = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
"""AWS's policy of TLS 1.3 and 1.2, forward secrecy in each suite."""


def test_aws_knows_the_policy() -> None:
    gateway: Any = Session().get_service_model("apigateway")

    assert OF_TODAY in gateway.shape_for("SecurityPolicy").enum
    assert "BASIC" in gateway.shape_for("EndpointAccessMode").enum


def test_every_way_to_the_gateway_is_looked_at() -> None:
    domains = {name for name, each in RESOURCES.items() if each.get("Type") == "AWS::ApiGateway::DomainName"}

    assert domains == {"ApiDomain", "PortalDomain"}


@pytest.mark.parametrize("name", ["RestAPI", "ApiDomain", "PortalDomain"])
def test_the_api_and_its_domains_take_tls_of_today_only(name: str) -> None:
    properties = RESOURCES[name]["Properties"]

    assert properties.get("SecurityPolicy") == OF_TODAY
    assert properties.get("EndpointAccessMode") == "BASIC"
