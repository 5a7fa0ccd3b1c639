"""Whether a job waits, since what the tables lack may have happened all the same."""

from __future__ import annotations

from chalicelib.bootstrap import current
from chalicelib.bootstrap.storage import hold_store
from chalicelib.domain.hold import held_since
from chalicelib.handlers.log import log


def waits(job: str) -> bool:
    """Tell whether a job waits, and log it; a metric filter of the template reads the line.

    Raises:
        Unavailable: nobody knows, so the job must not run.

    """
    box = current()
    since = held_since(hold_store(box).find(), box.config.restored_tables)
    if since is None:
        return False
    log().warning("job held", job=job, held_s=int((box.clock() - since).total_seconds()))
    return True
