"""Register the key that an institution's system signs with, and revoke it (INS-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.sender.institution import SigningKey
from chalicelib.domain.sender.institution_changes import check_key_id
from chalicelib.domain.sender.key_fingerprint import key_fingerprint
from chalicelib.services.sender.institution_tools import InstitutionTools, read_institution, subject_of
from chalicelib.services.sender.read_public_key import PublicKey


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is to be registered: good from `not_before` to before `not_after`."""

    institution_id: str
    key_id: str
    public_key: PublicKey
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class KeyOutcome:
    """The key as it is now; `is_changed` is False where nothing was left to do."""

    key: SigningKey
    is_changed: bool


def register_key(new: NewKey, tools: InstitutionTools) -> KeyOutcome:
    """Register it; several may be good at once, so that one can follow another without a gap.

    Raises:
        NotFound: `institution_unknown`.
        InvalidInput: `key_id_invalid`, `key_period_invalid`.
        Conflict: `key_exists`, under that id or of any institution.

    """
    check_key_id(new.key_id)
    now = tools.act.clock()
    if not new.not_before < new.not_after or new.not_after <= now:
        detail = "La clave vence antes de empezar o ya venció: revise --from y --until."
        raise InvalidInput("key_period_invalid", detail)
    read_institution(new.institution_id, tools.institutions)
    key = SigningKey(
        institution_id=new.institution_id,
        key_id=new.key_id,
        algorithm=new.public_key.algorithm,
        public_key=new.public_key.der,
        not_before=new.not_before,
        not_after=new.not_after,
    )
    if key in _same(key, tools):
        return KeyOutcome(key, is_changed=False)
    data = {
        "key_id": key.key_id,
        "fingerprint": key_fingerprint(key.public_key),
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
    }
    event = tools.act.event(subject_of(key.institution_id), EventType.INSTITUTION_KEY_ADDED, now, **data)
    tools.institutions.add_key(key, event)
    return KeyOutcome(key, is_changed=True)


def revoke_key(institution_id: str, key_id: str, tools: InstitutionTools) -> KeyOutcome:
    """Have a key sign nothing any more, from this instant and for good.

    Raises:
        NotFound: `key_unknown`.

    """
    key = tools.institutions.find_key(institution_id, key_id)
    if key is None:
        raise NotFound("key_unknown", "La entidad no tiene esa clave. Véalas con «keys list».")
    if key.revoked_at is not None:
        return KeyOutcome(key, is_changed=False)
    now = tools.act.clock()
    revoked = replace(key, revoked_at=now)
    data = {"key_id": key_id, "fingerprint": key_fingerprint(key.public_key)}
    event = tools.act.event(subject_of(institution_id), EventType.INSTITUTION_KEY_REVOKED, now, **data)
    tools.institutions.revoke_key(revoked, event)
    return KeyOutcome(revoked, is_changed=True)


def _same(key: SigningKey, tools: InstitutionTools) -> tuple[SigningKey, ...]:
    """Return the keys of its institution, none of which may be it in part.

    Raises:
        Conflict: `key_exists`.

    """
    keys = tools.institutions.list_keys(key.institution_id)
    owner = tools.institutions.find_owner(key.public_key)
    if key in keys:
        return keys
    if any(key.key_id == one.key_id for one in keys):
        detail = "Ese identificador ya es de otra clave de la entidad, y ninguno se usa dos veces. Elija otro."
        raise Conflict("key_exists", detail)
    if owner is not None or any(key.public_key == one.public_key for one in keys):
        detail = "Esa clave pública ya se registró, aquí o en otra entidad, y ninguna se usa dos veces. Genere otra."
        raise Conflict("key_exists", detail)
    return keys
