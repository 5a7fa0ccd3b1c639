"""Let somebody look for a receipt by its code, before anything is read (ACC-9).

Nobody is refused for what strangers behind the same address did: past a number of looks they are asked for a captcha.
A look counts ten times until a receipt is found, and then once: a desk that verifies all day meets no captcha, and
whoever has one real code cannot spend with it what all may look for without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import (
    LOOKS_PER_PROOF,
    RECEIPT_LOOKS_PER_NEIGHBOURHOOD,
    RECEIPT_LOOKS_PER_NETWORK,
    UNKNOWN_LOOK,
    VERIFICATIONS,
    is_crowded,
)
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.look_proof import new_proof, read_proof
from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit, Standing
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

_NEEDED = "Desde tu red se buscaron muchas constancias en poco tiempo. Escribe el texto de la imagen para continuar."
_BUSY = "Ahora se verifican muchas constancias a la vez. Escribe el texto de la imagen para continuar."
_WRONG = "El texto no coincide o venció. Escribe el texto de la imagen que ves o escuchas ahora."


class VerificationCaptchaNeeded(TooManyRequests):
    """The page asks for a captcha; nothing was read, and with one everybody goes on at once."""


@dataclass(frozen=True, slots=True)
class CountedLook:
    """What one look was counted by, until it is known whether it found anything."""

    keys: tuple[tuple[Limit, str], ...]
    at: datetime


def prove_look(captcha: CaptchaAnswer, of: str, *, origin: str, tools: AccessTools, now: datetime) -> str:
    """Use a captcha up, and return the proof of it for what is looked at: a code or a hash. One call.

    Raises:
        CaptchaWrong: `captcha_wrong`.

    """
    try:
        check_captcha(captcha.captcha_id, captcha.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    except CaptchaWrong as wrong:
        raise CaptchaWrong(wrong.code, _WRONG, field=wrong.field) from wrong
    return new_proof(tools.pepper, tools.new_secret(), origin=origin, of=of, now=now)


def admit_verification(proof: str, of: str, *, origin: str, tools: AccessTools, now: datetime) -> CountedLook:
    """Count one look as if it found nothing, and draw on what all may look for together.

    Two hops and three calls, with a proof that serves four. Any other text in its place counts as none.

    Raises:
        VerificationCaptchaNeeded: `captcha_needed`.
        TooManyRequests: `budget_spent`, in spite of a proof.

    """
    look = CountedLook(
        (
            (RECEIPT_LOOKS_PER_NETWORK, network_of(origin)),
            (RECEIPT_LOOKS_PER_NEIGHBOURHOOD, neighbourhood_of(origin)),
        ),
        now,
    )
    counts: dict[Limit, int] = {}

    def tally(limit: Limit, key: str, uses: int) -> None:
        counts[limit] = tools.limits.tally(limit.key(key), window_s=limit.window_s, now=now, uses=uses)

    counting = [partial(tally, limit, key, UNKNOWN_LOOK) for limit, key in look.keys]
    proven = read_proof(tools.pepper, proof, origin=origin, of=of, now=now)
    if proven is not None:
        counting.append(partial(tally, LOOKS_PER_PROOF, proven, 1))
    together(counting)
    has_proof = proven is not None and counts.pop(LOOKS_PER_PROOF) <= LOOKS_PER_PROOF.limit
    crowded = is_crowded(counts)
    if crowded and not has_proof:
        raise VerificationCaptchaNeeded("captcha_needed", _NEEDED)
    try:
        tools.limits.draw(VERIFICATIONS, _standing(crowded, has_proof=has_proof), by=tools.new_event_id(), now=now)
    except TooManyRequests as spent:
        if not has_proof:
            raise VerificationCaptchaNeeded("captcha_needed", _BUSY) from spent
        raise
    return look


def settle_verification(look: CountedLook, is_known: bool, *, tools: AccessTools) -> None:
    """Leave one use where a receipt was found; where none was, make the same calls and change nothing."""
    uses = UNKNOWN_LOOK - 1 if is_known else 0
    together(
        [
            partial(tools.limits.give_back, limit.key(key), window_s=limit.window_s, now=look.at, uses=uses)
            for limit, key in look.keys
        ]
    )


def _standing(crowded: bool, *, has_proof: bool) -> Standing:
    """Half of the budget is for who shows nothing, the last fifth for captchas from where little was looked for."""
    if not has_proof:
        return Standing.CROWDED
    return Standing.QUIET if crowded else Standing.PROVEN
