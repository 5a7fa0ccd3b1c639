"""Note that officers use their institution's agreement by asking who has a mailbox; nothing they do fails for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.errors import Unavailable
from chalicelib.store.sender.console_use_store import ConsoleUseStore

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NoteUse:
    """Where it is noted, and which local day it is."""

    uses: ConsoleUseStore
    today: Callable[[], date]

    def __call__(self, institution_id: str) -> None:
        """Note it, once a local day and process; what cannot be noted is logged, and noted with the next one."""
        try:
            self.uses.note(institution_id, self.today())
        except Unavailable as error:
            _logger.warning("use not noted", extra={"institution": institution_id, "code": error.code})
