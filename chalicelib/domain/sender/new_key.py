"""Which keys an institution may register: all that is wrong with one, told at once (INS-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import CasillaError, Conflict, InvalidInput, refusals
from chalicelib.domain.sender.institution import SigningKey
from chalicelib.domain.sender.institution_changes import check_key_id

LONGEST_LIFE = timedelta(days=3 * 365 + 1)
"""From not-before to not-after: three years."""
MOST_KEYS = 20
"""How many of an institution's keys may be good now or later."""


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key as somebody wants to register it; what could not be read of it is None, and told by who read it."""

    key_id: str
    public_key: bytes | None
    not_before: datetime | None
    not_after: datetime | None


def new_key_problems(
    draft: KeyDraft, keys: Sequence[SigningKey], *, is_owned: bool, now: datetime
) -> tuple[CasillaError, ...]:
    """Return what is wrong with a key; `keys` are its institution's, `is_owned` that some institution registered it.

    Each is an `InvalidInput` (`key_id_invalid`, `key_period_invalid`, `key_life_too_long`) or a `Conflict`
    (`key_exists`, `keys_full`). Of a key that is another institution's no more is said than that it cannot be used.
    """
    return (
        *refusals(lambda: check_key_id(draft.key_id)),
        *_taken(draft, keys, is_owned=is_owned),
        *_of_period(draft, now),
        *_full(keys, now),
    )


def usable_keys(keys: Iterable[SigningKey], now: datetime) -> tuple[SigningKey, ...]:
    """Return those that are good now or later."""
    return tuple(key for key in keys if key.revoked_at is None and now < key.not_after)


def _taken(draft: KeyDraft, keys: Sequence[SigningKey], *, is_owned: bool) -> Iterator[CasillaError]:
    if any(draft.key_id == one.key_id for one in keys):
        detail = "Ese identificador ya es de otra clave de la entidad, y ninguno se usa dos veces: hay que elegir otro."
        yield Conflict("key_exists", detail, field="key_id")
    own = next((one for one in keys if one.public_key == draft.public_key), None)
    if own is not None:
        detail = (
            f"Esa clave pública ya se registró, como «{own.key_id}», y ninguna se usa dos veces: hay que generar otra."
        )
        yield Conflict("key_exists", detail, field="public_key")
    elif is_owned:
        detail = "Esa clave pública no se puede usar: hay que generar otra."
        yield Conflict("key_exists", detail, field="public_key")


def _of_period(draft: KeyDraft, now: datetime) -> Iterator[CasillaError]:
    if draft.not_after is not None and draft.not_after <= now:
        detail = "La clave ya habría vencido: el último día en que vale es hoy o después."
        yield InvalidInput("key_period_invalid", detail, field="not_after")
    elif draft.not_before is not None and draft.not_after is not None:
        if not draft.not_before < draft.not_after:
            detail = "La clave vence antes de empezar: el último día en que vale no va antes del primero."
            yield InvalidInput("key_period_invalid", detail, field="not_after")
        elif draft.not_after - draft.not_before > LONGEST_LIFE:
            detail = "Una clave vale tres años a lo más. Antes de que venza se registra la que sigue."
            yield InvalidInput("key_life_too_long", detail, field="not_after")


def _full(keys: Sequence[SigningKey], now: datetime) -> Iterator[CasillaError]:
    if len(usable_keys(keys, now)) >= MOST_KEYS:
        detail = f"La entidad ya tiene {MOST_KEYS} claves que valen o van a valer: hay que revocar antes una."
        yield Conflict("keys_full", detail)
