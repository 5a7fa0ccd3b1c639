"""The template as it is deployed: merged as by `make package`, and as CloudFormation sees it in each region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra import package, transform

RELEASE = "0123456789abcdef"
"""What the templates of these tests are released as."""


@pytest.fixture(scope="session")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package.merge_alone(tmp_path_factory.mktemp("merged"))


@pytest.fixture(scope="session")
def merged_template(merged: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(merged.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def resources(merged_template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = merged_template["Resources"]
    return found


@pytest.fixture(scope="session", params=transform.REGIONS)
def seen(request: pytest.FixtureRequest, merged_template: dict[str, Any]) -> dict[str, Any]:
    """Return the template as CloudFormation sees it in a region."""
    return transform.transformed(merged_template, request.param, {"Release": RELEASE})


@pytest.fixture(scope="session")
def transformed(merged_template: dict[str, Any]) -> dict[str, Any]:
    """Return what CloudFormation sees of it in the first region."""
    return transform.transformed(merged_template, transform.REGIONS[0], {"Release": RELEASE})
