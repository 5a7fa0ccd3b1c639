"""How far a deposit came, in one word for its sender's list: what its detail tells step by step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SentState(StrEnum):
    """The furthest that happened; values are those of the URL."""

    DEPOSITED = "depositada"
    """No alert was taken by a provider yet."""
    ALERTED = "alertada"
    ALERT_FAILED = "alerta-fallida"
    """By some channel nobody was reached, and nobody is known to have opened it: the sender has to do something."""
    OPENED = "abierta"
    DOWNLOADED = "descargada"
    SUSPENDED = "lectura-suspendida"
    """Two people of the institution stopped its reading, however far it was."""

    @property
    def label(self) -> str:
        """As lists say it."""
        return self.value.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides a deposit's state, as it is stored beside it."""

    is_alerted: bool = False
    has_failed: bool = False
    is_opened: bool = False
    is_downloaded: bool = False
    is_suspended: bool = False

    @property
    def state(self) -> SentState:
        """The furthest that happened."""
        if self.is_suspended:
            return SentState.SUSPENDED
        if self.is_downloaded:
            return SentState.DOWNLOADED
        if self.is_opened:
            return SentState.OPENED
        if self.has_failed:
            return SentState.ALERT_FAILED
        return SentState.ALERTED if self.is_alerted else SentState.DEPOSITED
