"""Ask the advisory database (OSV, by pip-audit) about all that is locked. Needs the network, so it is no test.

Ends with 0 where nothing is known against any of it, 1 where something is, 3 where it is not known. What is accepted
for a while stands in `audit.toml`, with a reason and a last day.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from infra.locks import CHECKOV, DEVELOPMENT, ENGINE, PACKAGE, locked

KNOWN, UNKNOWN = 1, 3
_ACCEPTED = Path(__file__).with_name("audit.toml")


class UnknownError(Exception):
    """The service did not tell about everything that was asked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A known vulnerability of something that is locked."""

    package: str
    version: str
    ids: tuple[str, ...]
    """What it is called: CVE first where it has one."""
    mended_in: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """One line for the operator."""
        where = "se despliega" if self.package in locked(PACKAGE) else "solo en este equipo"
        mended = f"corregido en {', '.join(self.mended_in)}" if self.mended_in else "sin corrección publicada"
        return f"  {self.package} {self.version} ({where}): {', '.join(self.ids)}; {mended}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A vulnerability that is lived with until a day."""

    id: str
    package: str
    until: date
    reason: str

    def is_about(self, finding: Finding) -> bool:
        """Whether it is the same one, by whatever name."""
        return self.package == finding.package and self.id in finding.ids


def accepted(path: Path = _ACCEPTED) -> list[Accepted]:
    """Return what is accepted."""
    return [Accepted(**one) for one in tomllib.loads(path.read_text(encoding="utf-8"))["accepted"]]


def findings(lock: Path, service: str | None = None) -> tuple[int, list[Finding]]:
    """Return how many packages of a lock were asked about, and what is known against them.

    Raises:
        UnknownError: with what pip-audit said, when the service did not answer for all of them.

    """
    options = ["--vulnerability-service", "osv", *(("--osv-url", service) if service else ())]
    options += ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    program = Path(sys.executable).with_name("pip-audit")
    done = subprocess.run(
        [program, *options, "--requirement", lock], check=False, capture_output=True, text=True, encoding="utf-8"
    )
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError) as error:
        raise UnknownError("\n".join(done.stderr.strip().splitlines()[-3:])) from error
    if skipped := [f"{one['name']}: {one['skip_reason']}" for one in told if "skip_reason" in one]:
        raise UnknownError("\n".join(skipped))
    found = [
        Finding(one["name"], one["version"], (bug["id"], *bug["aliases"]), tuple(bug["fix_versions"]))
        for one in told
        for bug in one["vulns"]
    ]
    return len(told), found


def judged(found: Iterable[Finding], lived_with: Iterable[Accepted], today: date) -> tuple[list[str], bool]:
    """Return what to tell of the findings, and whether none of them asks for an update."""
    found, lived_with = sorted(set(found), key=lambda one: (one.package, one.ids)), list(lived_with)
    lines, clean = [], True
    for finding in found:
        exception = next((one for one in lived_with if one.is_about(finding)), None)
        if exception and today <= exception.until:
            lines.append(f"{finding.in_words}; aceptado hasta el {exception.until}: {exception.reason}")
            continue
        clean = False
        lines.append(finding.in_words + (f"; se aceptó hasta el {exception.until}, que ya pasó" if exception else ""))
    idle = [one for one in lived_with if not any(one.is_about(finding) for finding in found)]
    lines += [f"  {one.package} {one.id}: ya no hace falta en {_ACCEPTED.name}" for one in idle]
    return lines, clean


def main() -> None:
    """Ask, tell and end with the code that says which."""
    parser = argparse.ArgumentParser(description="Pregunta por vulnerabilidades conocidas de todo lo que se instala.")
    parser.add_argument("--service", help="otra dirección que contesta como OSV, por ejemplo un espejo")
    options = parser.parse_args()
    count, found = 0, list[Finding]()
    try:
        for lock in (DEVELOPMENT, ENGINE, CHECKOV):
            asked, known = findings(lock.path, options.service)
            count += asked
            found += known
    except UnknownError as error:
        print("No se sabe: el servicio de avisos no contestó por todo lo que se le preguntó.", file=sys.stderr)
        print(f"Eso no dice que no haya vulnerabilidades: repita cuando haya red.\n{error}", file=sys.stderr)
        sys.exit(UNKNOWN)
    lines, clean = judged(found, accepted(), datetime.now(UTC).date())
    print("\n".join([f"Se preguntó por {count} paquetes.", *lines]))
    if not clean:
        print('Actualice (make lock UPGRADE="…"), o acepte cada una en infra/audit.toml con motivo y fecha.')
        sys.exit(KNOWN)
    print("Nada conocido que pida actualizar.")


if __name__ == "__main__":
    main()
