"""Register the key that an institution's system signs with, and revoke it (INS-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.errors import CasillaError, Conflict, NotFound, refusal_of
from chalicelib.domain.event import EventType
from chalicelib.domain.sender.institution import SigningKey
from chalicelib.domain.sender.key_fingerprint import key_fingerprint
from chalicelib.domain.sender.new_key import KeyDraft, new_key_problems
from chalicelib.services.sender.institution_tools import InstitutionTools, read_institution, subject_of
from chalicelib.services.sender.read_public_key import PublicKey
from chalicelib.store.sender.institution_store import InstitutionStore


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

    The very same again, also at the same time, changes nothing.

    Raises:
        NotFound: `institution_unknown`.
        InvalidInput, Conflict: as `new_key_problems`; `problems` has all of them.

    """
    now = tools.act.clock()
    read_institution(new.institution_id, tools.institutions)
    key = SigningKey(
        institution_id=new.institution_id,
        key_id=new.key_id,
        algorithm=new.public_key.algorithm,
        public_key=new.public_key.der,
        not_before=new.not_before,
        not_after=new.not_after,
    )
    draft = KeyDraft(key.key_id, key.public_key, key.not_before, key.not_after)
    if problems := check_new_key(new.institution_id, draft, institutions=tools.institutions, now=now):
        return _as_it_is(key, tools, refusal_of(problems))
    data = {
        "key_id": key.key_id,
        "fingerprint": key_fingerprint(key.public_key),
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
    }
    event = tools.act.event(subject_of(key.institution_id), EventType.INSTITUTION_KEY_ADDED, now, **data)
    try:
        tools.institutions.add_key(key, event)
    except Conflict as refusal:
        return _as_it_is(key, tools, refusal)
    return KeyOutcome(key, is_changed=True)


def _as_it_is(key: SigningKey, tools: InstitutionTools, refusal: CasillaError) -> KeyOutcome:
    """Return the very same key where it is there already, whoever registered it, or refuse."""
    if tools.institutions.find_key(key.institution_id, key.key_id) != key:
        raise refusal
    return KeyOutcome(key, is_changed=False)


def check_new_key(
    institution_id: str, draft: KeyDraft, *, institutions: InstitutionStore, now: datetime
) -> tuple[CasillaError, ...]:
    """Return all that is wrong with a key before anybody registers it; none where nothing is."""
    keys = institutions.list_keys(institution_id)
    is_owned = draft.public_key is not None and institutions.find_owner(draft.public_key) is not None
    return new_key_problems(draft, keys, is_owned=is_owned, now=now)


def revoke_key(institution_id: str, key_id: str, tools: InstitutionTools) -> KeyOutcome:
    """Have a key sign nothing any more, from this instant and for good.

    Raises:
        NotFound: `key_unknown`.
        Conflict: `key_changed`.

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
