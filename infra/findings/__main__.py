"""Look the transformed template over: `make findings`. The template is merged anew, without its archive."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra import package
from infra.findings.judge import Finding, judge, read_accepted
from infra.programs import PackageError, run, say
from infra.pythons import find_python
from infra.transform import REGIONS, transformed

_LOCK = package.ROOT / "locks" / "checkov.txt"
_UNCHECKED = {
    "AWS::CloudWatch::Alarm",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::Logs::MetricFilter",
}
"""Kinds that checkov has no check for. Without them, and with one of the API's alike paths, it takes a quarter of the
time."""


def main() -> None:
    """Find, and end with 1 where a finding lacks its reason or a reason its finding."""
    try:
        with tempfile.TemporaryDirectory() as place:
            merged = json.loads(package.merge_alone(Path(place)).read_text(encoding="utf-8"))
        wrong = judge(find(merged), read_accepted())
    except PackageError as error:
        sys.exit(f"findings: {error}")
    if wrong:
        sys.exit("\n".join(wrong))
    say("findings: each has its reason")


def find(template: dict[str, Any]) -> list[Finding]:
    """Return what checkov finds in a merged template, once transformed.

    Raises:
        PackageError: it could not be installed, or did not look at the template.

    """
    seen = transformed(template, REGIONS[0])
    seen["Resources"] = {name: one for name, one in seen["Resources"].items() if one["Type"] not in _UNCHECKED}
    body = seen["Resources"].get("RestAPI", {}).get("Properties", {}).get("Body", {"paths": {}})
    body["paths"] = dict(list(body["paths"].items())[:1])
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "template.json"
        file.write_text(json.dumps(seen, indent=1), encoding="utf-8")
        options = ("--framework", "cloudformation", "--compact", "--skip-download", "--output", "json")
        done = subprocess.run(
            [checkov(), "--file", file, *options], check=False, capture_output=True, text=True, cwd=place
        )
    try:
        told = json.loads(done.stdout)
        looked_at = told["summary"]["resource_count"]
    except (ValueError, KeyError, TypeError) as error:
        raise PackageError(
            f"checkov no dijo nada que se entienda:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        ) from error
    if told["summary"]["parsing_errors"] or looked_at != len(seen["Resources"]):
        raise PackageError(f"checkov miró {looked_at} de {len(seen['Resources'])} recursos")
    failed = told["results"]["failed_checks"]
    return [Finding(each["check_id"], each["resource"], each["check_name"]) for each in failed]


def checkov() -> Path:
    """Keep a virtual environment for what is locked, and return the program in it."""
    interpreter = find_python(package.LAMBDA_PYTHON, having="ensurepip") or Path(sys.executable)
    digest = hashlib.sha256(f"{interpreter}\n{_LOCK.read_text(encoding='utf-8')}".encode()).hexdigest()[:12]
    place = package.BUILD / f"checkov-{digest}"
    if not (place / "ready").exists():
        say(f"{place.relative_to(package.ROOT)}: se instala checkov, solo esta vez…")
        run(interpreter, "-m", "venv", "--clear", place)
        pip = (place / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile", "--require-hashes")
        run(*pip, "--requirement", _LOCK)
        (place / "ready").touch()
    return place / "bin" / "checkov"


if __name__ == "__main__":
    main()
