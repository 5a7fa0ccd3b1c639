"""The merged template, and what SAM's transform makes of it: built once, by no requirements, since none changes it."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]  # its package says no types
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

from infra import package


@pytest.fixture(scope="session")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that `make package` writes."""
    place = tmp_path_factory.mktemp("merged")
    package.copy_sources(place / "sources", "arm64")
    (place / "sources" / "requirements.txt").write_text("")
    package.run_chalice(Path(sys.executable).with_name("chalice"), place / "sources", "prod", place / "out", {})
    return place / "out" / "sam.json"


@pytest.fixture(scope="session")
def transformed(merged: Path) -> dict[str, Any]:
    """What CloudFormation gets of it in the first region."""
    return transform(json.loads(merged.read_text(encoding="utf-8")), "us-east-1")


def transform(template: dict[str, Any], region: str) -> dict[str, Any]:
    """Return a template as SAM hands it to CloudFormation, as if its archive was uploaded."""
    uploaded = copy.deepcopy(template)
    for resource in uploaded["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://artifacts/deployment.zip"
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=region))
    plain: dict[str, Any] = json.loads(json.dumps(translator.translate(uploaded, {}, get_managed_policy_map=dict)))
    return plain
