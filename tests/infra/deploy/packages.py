"""Packages small enough to be made in a test."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from infra.any_method import ANY
from infra.deploy.packages import Package, package_id_of, read_package

CODE = "c0de" * 16
DATE = (2026, 1, 5, 9, 0, 0)


def a_template(**resources: Any) -> dict[str, Any]:
    """Return what a built template has, small."""
    api = {
        "Type": "AWS::Serverless::Api",
        "Properties": {
            "StageName": "api",
            "DefinitionBody": {"paths": {"/": {ANY: {}}, "/v1/deposits/{id}": {ANY: {}}}},
            "MethodSettings": [{"HttpMethod": "*", "ResourcePath": "/*", "ThrottlingRateLimit": 500}],
        },
    }
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"FunctionName": {"Fn::Sub": "${AWS::StackName}-operator"}, "CodeUri": "./deployment.zip"},
    }
    log = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": {"Fn::Sub": "/aws/lambda/${Operator}"}, "RetentionInDays": 1},
    }
    parameters = {
        "ApiAuthority": {"Type": "String", "AllowedPattern": "[a-z.]+"},
        "ApiCertificateArn": {"Type": "String", "Default": ""},
        "PortalAddress": {"Type": "String", "MaxLength": 20},
        "PortalCertificateArn": {"Type": "String", "Default": ""},
        "MailFrom": {"Type": "String"},
        "MailRate": {"Type": "String", "Default": "14"},
        "Country": {"Type": "String", "Default": "PE", "AllowedValues": ["PE"]},
        "LockDays": {"Type": "Number", "Default": 7, "MinValue": 1},
        "PageListener": {"Type": "String", "Default": ""},
        "TicketListener": {"Type": "String", "Default": ""},
        "PageProtocol": {"Type": "String", "Default": "email"},
        "TicketProtocol": {"Type": "String", "Default": "email"},
        "ConcurrencyWarning": {"Type": "Number", "Default": 800},
        "BackupCopyVaultArn": {"Type": "String", "Default": ""},
    }
    return {
        "Parameters": parameters,
        "Resources": {"RestAPI": api, "Operator": function, "OperatorLog": log, **resources},
    }


def a_package(template: dict[str, Any] | None = None) -> Package:
    """Return a package as if it was uploaded before."""
    said = template or a_template()
    return Package(package_id_of(CODE, said), said, CODE)


def an_archive(path: Path, date: tuple[int, int, int, int, int, int] = DATE, **files: str) -> Path:
    """Write an archive whose files all have this date."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(zipfile.ZipInfo(f"{name}.py", date), content)
    return path


def a_built_one(folder: Path, **files: str) -> Package:
    """Build one into a folder, of an archive with these files."""
    folder.mkdir(exist_ok=True)
    an_archive(folder / "deployment.zip", DATE, **(files or {"app": "1"}))
    (folder / "sam.json").write_text(json.dumps(a_template()), encoding="utf-8")
    (folder / "inventory.json").write_text("{}", encoding="utf-8")
    return read_package(folder)
