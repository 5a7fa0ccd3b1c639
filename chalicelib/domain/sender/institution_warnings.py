"""What follows from a change of an institution that its operator may not expect: told, never refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.domain.deadline import Regime
from chalicelib.domain.sender.institution import LEY_31736_CHANNELS, Institution, InstitutionState, SigningKey
from chalicelib.domain.sender.setting_words import CHANNELS, REGIMES

_STOPPED = (
    "Desde ahora no deposita, no consulta casillas ni envía archivos: se le responde «institution_inactive». Con sus"
    " claves puede leer lo que depositó. Lo depositado sigue su curso: alertas, apertura y plazos."
)
_FIRST_ROW = (
    "Desde ahora cada depósito con plazo debe decir el lugar del domicilio («term.place»), y uno de su cuadro; si no,"
    " se rechaza. Avise a la entidad y registre todos los lugares: los que no suman, con 0 días."
)
_NO_ROW = "Ya no tiene cuadro: desde ahora se rechaza un depósito que diga el lugar del domicilio («term.place»)."
_NO_KEY = "No tiene ninguna clave que valga: no puede firmar nada, ni para depositar ni para leer lo que depositó."


def consequences(before: Institution, after: Institution) -> tuple[str, ...]:
    """Tell what requests will meet from now on, and what the law asks for."""
    return (*_of_state(before, after), *_of_norms(before, after), *_of_distances(before, after))


def without_keys(keys: Iterable[SigningKey], now: datetime) -> tuple[str, ...]:
    """Tell that none of an institution's keys is good at an instant."""
    keys = tuple(keys)
    if any(key.is_valid_at(now) for key in keys):
        return ()
    coming = [key.key_id for key in keys if key.revoked_at is None and now < key.not_before]
    way_out = f"Aún no vale {', '.join(coming)}." if coming else "Registre una con «keys add»."
    return (f"{_NO_KEY} {way_out}",)


def _of_state(before: Institution, after: Institution) -> Iterator[str]:
    if after.state is not before.state and after.state is not InstitutionState.ACTIVE:
        yield _STOPPED


def _of_norms(before: Institution, after: Institution) -> Iterator[str]:
    for regime in Regime:
        old, new = before.norm_for(regime), after.norm_for(regime)
        if old is not None and new is None:
            yield from _of_removal(before, regime)
        lacking = [CHANNELS[channel] for channel in LEY_31736_CHANNELS if new and channel not in new.channels]
        if lacking and new != old:
            yield (
                f"La Ley 31736, 5.4, pide avisar por correo y por SMS. Sin {' ni '.join(lacking)}, la norma que se cita"
                " debe permitirlo: revise que lo diga."
            )


def _of_removal(before: Institution, regime: Regime) -> Iterator[str]:
    if regime is Regime.ACKNOWLEDGEMENT:
        yield "Desde ahora la constancia de un depósito con acuse de recibo dice que no se citó una norma."
        return
    if before.regime is regime:
        yield (
            f"El de {REGIMES[regime]} era el régimen de los depósitos que no dicen otro: desde ahora van con acuse de"
            " recibo."
        )
    yield f"Desde ahora se rechaza un depósito que pida el régimen «{regime.value}» (regime_without_norm)."


def _of_distances(before: Institution, after: Institution) -> Iterator[str]:
    if after.distances and not before.distances:
        yield _FIRST_ROW
    elif before.distances and not after.distances:
        yield _NO_ROW
    else:
        there = {row.place.casefold() for row in after.distances}
        for gone in (row.place for row in before.distances if row.place.casefold() not in there):
            yield f"Desde ahora se rechaza un depósito que diga «{gone}»: ya no está en el cuadro."
