"""What a release is told from any other by: its code, its template, and the parameters that it is deployed with.

Lambda publishes no version where neither code nor settings changed, and SAM asks for none where only a parameter's
value did: a function would go on with the environment of before behind its alias. So every version is named after the
release, and stands in the function's description, which makes it one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

PARAMETER = "Release"


def release_of(merged: Mapping[str, Any], digest: str, parameters: Mapping[str, str], *, again: str = "") -> str:
    """Return what the parameter `Release` says: 64 hexadecimal digits.

    `digest` is the archive's SHA-256. `again`, such as an instant, makes another release of the same: it replaces every
    process, as where one goes on with a secret that leaked.
    """
    told = {name: value for name, value in parameters.items() if name != PARAMETER}
    said = json.dumps([merged, digest, told, again], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
