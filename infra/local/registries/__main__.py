"""`python -m infra.local.registries --port 8025`: serve until interrupted, and say what to put into the environment."""

from __future__ import annotations

import argparse
from contextlib import suppress
from threading import Event

from infra.local.registries.server import running


def main() -> None:
    """Serve on loopback."""
    parser = argparse.ArgumentParser(description="Simulate RENIEC and SUNAT with synthetic people and companies.")
    parser.add_argument("--port", type=int, default=8025)
    parser.add_argument("--slow-seconds", type=float, default=10.0, help="how long a slow registry takes")
    given = parser.parse_args()
    with running(given.port, slow_seconds=given.slow_seconds) as simulator, suppress(KeyboardInterrupt):
        print(f"RENIEC_URL={simulator.reniec_url}\nSUNAT_URL={simulator.sunat_url}")
        print(f"SUNAT_REPRESENTATIVES_URL={simulator.representatives_url}", flush=True)
        Event().wait()


if __name__ == "__main__":
    main()
