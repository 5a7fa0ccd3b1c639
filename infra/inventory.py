"""What a package is made of: a bill of materials (CycloneDX 1.6, JSON), in the archive and beside it.

It names the wheels that the archive was compared with, each with its hash, and what the repository carries of others.
No date and no number of its own: equal packages have equal bills.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra.licences import Carried, expression
from infra.programs import PackageError
from infra.wheels import Wheel


def inventory(wheels: Iterable[Wheel], carried: Iterable[Carried], *, version: str) -> str:
    """Return the bill of materials of this version of Casilla.

    Raises:
        PackageError: it is no valid one.

    """
    components = [*map(_distribution, wheels), *map(_carried, carried)]
    ours = {"type": "application", "bom-ref": "casilla", "name": "casilla", "version": version}
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**ours, "licenses": [{"expression": "Apache-2.0"}]}},
        "components": sorted(components, key=lambda component: str(component["bom-ref"])),
        "dependencies": [{"ref": "casilla", "dependsOn": sorted(str(one["bom-ref"]) for one in components)}],
    }
    text = json.dumps(bill, indent=1, ensure_ascii=False) + "\n"
    validate(text)
    return text


def validate(text: str) -> None:
    """Hold a bill of materials to the schema.

    Raises:
        PackageError: with where it differs.

    """
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise PackageError(f"the bill of materials is no CycloneDX 1.6: {fault}")


def _distribution(wheel: Wheel) -> dict[str, Any]:
    purl = f"pkg:pypi/{wheel.name}@{wheel.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": wheel.name,
        "version": wheel.version,
        "hashes": [{"alg": "SHA-256", "content": wheel.digest}],
        "licenses": [{"expression": expression(wheel.metadata)}],
        "purl": purl,
        "properties": [{"name": "casilla:file", "value": wheel.path.name}],
    }


def _carried(one: Carried) -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": one.folder,
        "name": one.name,
        "version": one.version,
        "licenses": [{"expression": one.licence}],
    }
