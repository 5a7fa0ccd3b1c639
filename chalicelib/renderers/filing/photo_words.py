"""Photos of a draft in words: those that can be joined, and what became of each PDF of photos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.filing.joined_photos import ASKED_AGAIN_AFTER, JoinedPhotos
from chalicelib.domain.upload.attached_file import FileStanding, FileState
from chalicelib.renderers.spanish import size_in_short

PHOTO_TYPES = frozenset({"image/jpeg", "image/png"})
_PHOTO_ENDINGS = (".jpg", ".jpeg", ".png")
_PLAIN = {
    FileState.WAITING: ("Se están juntando", "Suele tardar menos de un minuto."),
    FileState.EXPIRED: ("Venció sin usarse", "Las fotos también vencen a los siete días: envíalas otra vez."),
    FileState.LOST: ("No llegó a hacerse", "Pídelo otra vez, o deshazlo."),
}


@dataclass(frozen=True, slots=True)
class PhotoTold:
    """A photo that can be a page."""

    upload_id: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class JoinTold:
    """A PDF of photos: how it stands, of how many and which photos, and what can be done."""

    upload_id: str
    name: str
    state: str
    advice: str
    photos: str
    is_bad: bool
    is_waiting: bool
    may_ask_again: bool


def tell_photos(draft: FilingDraft, standings: Sequence[FileStanding]) -> tuple[PhotoTold, ...]:
    """Name the annexes that were accepted and are pictures."""
    annexes = {annex.upload_id for annex in draft.annexes}
    return tuple(
        PhotoTold(one.file.upload_id, one.filename, size_in_short(one.size) if one.size else "")
        for one in standings
        if one.state is FileState.ACCEPTED
        and one.upload is not None
        and one.upload.declared.media_type in PHOTO_TYPES
        and one.file.upload_id in annexes
    )


def awaited_photos(standings: Sequence[FileStanding]) -> int:
    """Count the annexes that are called as pictures are and are still looked at."""
    return sum(one.state is FileState.WAITING and one.filename.lower().endswith(_PHOTO_ENDINGS) for one in standings)


def tell_joins(draft: FilingDraft, standings: Sequence[FileStanding], now: datetime) -> tuple[JoinTold, ...]:
    """Say of each PDF of photos how it stands, the last that was asked for first."""
    return tuple(_told(draft, standings, now))[::-1]


def _told(draft: FilingDraft, standings: Sequence[FileStanding], now: datetime) -> Iterator[JoinTold]:
    by_id = {one.file.upload_id: one for one in standings}
    for join in draft.joins:
        standing = by_id.get(join.upload_id)
        state, advice = _state(join, standing, now)
        is_late = standing is not None and standing.state is FileState.WAITING and _is_late(join, now)
        is_bad = standing is not None and standing.state not in {FileState.WAITING, FileState.ACCEPTED}
        yield JoinTold(
            join.upload_id,
            join.filename,
            state,
            advice,
            _photos_in_words(join),
            is_bad,
            standing is not None and standing.state is FileState.WAITING,
            is_bad or is_late,
        )


def _state(join: JoinedPhotos, standing: FileStanding | None, now: datetime) -> tuple[str, str]:
    if standing is not None and standing.state is FileState.WAITING and _is_late(join, now):
        return "Tarda más de lo normal", "Puedes pedirlo otra vez, o deshacerlo."
    if standing is None:
        return "Quitado del borrador", "Si todavía necesitas las fotos, deshazlo y quedan sueltas."
    if standing.state is FileState.ACCEPTED:
        pages = standing.upload.facts.pages if standing.upload and standing.upload.facts else None
        return f"Listo, {'1 hoja' if pages == 1 else f'{pages or len(join.photos)} hojas'}", ""
    if standing.state is FileState.REFUSED:
        return "No se pudo juntar", " ".join(problem.detail for problem in standing.problems)
    return _PLAIN[standing.state]


def _photos_in_words(join: JoinedPhotos) -> str:
    return ", ".join(photo.filename or "una foto" for photo in join.photos)


def _is_late(join: JoinedPhotos, now: datetime) -> bool:
    return now - join.asked_at > ASKED_AGAIN_AFTER
