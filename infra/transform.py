"""The template as CloudFormation sees it, once SAM's transform has been over what `chalice package` merged.

Its resources, names and sizes are what AWS counts, so it is what is linted and checked. The transform is AWS's own
code, of the version that `requirements-test.txt` pins; the one that AWS runs may be newer.
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Mapping
from typing import Any

import boto3
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]  # it ships no types
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it tells of switches that are AWS's own

REGIONS = ("us-east-1", "sa-east-1")
"""Where Casilla may run: the cheapest one, and the nearest to Peru."""
UPLOADED = "s3://archives/{digest}.zip"
EXAMPLES = {
    "ApiAuthority": "api.casilla.example",
    "PortalAddress": "casilla.example",
    "MailFrom": "avisos@casilla.example",
}
"""Values of the parameters that have no default."""


def transformed(
    merged: Mapping[str, Any], region: str, parameters: Mapping[str, str] | None = None, *, digest: str = "0" * 64
) -> dict[str, Any]:
    """Return what a merged template becomes in a region, with its archive uploaded under `digest`.

    `parameters` are over `EXAMPLES` and the template's defaults.
    """
    template = copy.deepcopy(dict(merged))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = UPLOADED.format(digest=digest)
    defaults = {
        name: str(parameter["Default"])
        for name, parameter in template.get("Parameters", {}).items()
        if "Default" in parameter
    }
    # The session stands for the region alone: nothing is called.
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    result = translator.translate(template, {**defaults, **EXAMPLES, **(parameters or {})})
    translator.metrics.publish()  # to nowhere; else it warns that it did not
    plain: dict[str, Any] = json.loads(json.dumps(result))  # its own kind of maps are none to compare with
    return plain
