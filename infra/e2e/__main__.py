"""Deploy the unmodified package into a fresh engine that enforces policies, and use it as a client would.

The engine runs functions under its own interpreter, so the package is built for that one and for this machine, by the
same code that builds the package for AWS; the template and the policies are the same to the letter.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from infra.e2e import flow, rights
from infra.e2e.deployment import PACKAGE, DeployError, build_for_engine, deployed
from infra.local import ministack
from infra.programs import PackageError, say


def without(action: str, template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with one action taken out of every function's policy.

    Raises:
        DeployError: no policy has it.

    """
    poorer: dict[str, Any] = json.loads(json.dumps(template))
    roles = [r for r in poorer["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    statements = [s for r in roles for p in r["Properties"]["Policies"] for s in p["PolicyDocument"]["Statement"]]
    having = [statement for statement in statements if action in statement["Action"]]
    if not having:
        raise DeployError(f"no policy allows {action}")
    for statement in having:
        statement["Action"] = [a for a in statement["Action"] if a != action] or ["sts:GetCallerIdentity"]
    return poorer


def main() -> None:
    """Build, deploy and use it."""
    parser = argparse.ArgumentParser(description="Deploy the package into a local engine and use it.")
    parser.add_argument("--without", metavar="ACTION", help="take an action out of every policy: the check must fail")
    parser.add_argument("--built", action="store_true", help="use the package of the run before")
    parser.add_argument("--record", action="store_true", help="keep what functions ask of AWS, for their rights")
    options = parser.parse_args()
    started = time.monotonic()

    def tell(line: str) -> None:
        say(f"{time.monotonic() - started:6.1f} s  {line}")

    try:
        package = PACKAGE if options.built else build_for_engine()
        tell("package built")
        template = json.loads((package / "sam.json").read_text(encoding="utf-8"))
        with deployed(package, without(options.without, template) if options.without else template) as deployment:
            tell(f"stack created: {len(deployment.resources)} resources")
            flow.use(deployment, tell)
            (rights.record_rights if options.record else rights.hold_rights)(deployment, tell)
    except (PackageError, DeployError, ministack.MinistackError, flow.FlowError, AssertionError) as error:
        sys.exit(f"e2e: {error}")
    tell("everything holds")


if __name__ == "__main__":
    main()
