"""Which notice may be made again: a defective one is never edited, another one is deposited in its place (DEP-7).

TUO of the Ley 27444, art. 26.1: what was notified without the formalities is notified again, without harm to the
holder. Both stay as they were issued, each with its own dates, and name each other.
"""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.notice import NoticeReference
from chalicelib.domain.reading.reading import DeliveredNotice

_FIELD = "replaces"


def require_replaceable(
    found: DeliveredNotice | None, *, institution_id: str, mailbox_ids: Collection[str]
) -> NoticeReference:
    """Return the notice that is to be replaced; `mailbox_ids` are the names of the new one's holder's mailbox.

    Raises:
        InvalidInput: `replaced_unknown`, also for another institution's; `replaced_of_another_holder`.
        Conflict: `replaced_already`, with `replaced_by`.

    """
    if found is None or found.notice.sender.institution_id != institution_id:
        detail = "No existe una notificación con ese número, o no es de la entidad. Hay que revisar cuál se reemplaza."
        raise InvalidInput("replaced_unknown", detail, field=_FIELD)
    if found.notice.mailbox_id not in mailbox_ids:
        detail = (
            "La notificación que reemplaza se depositó en la casilla de otra persona. Una notificación se rehace para"
            " su mismo destinatario: hay que revisar el número o el destinatario."
        )
        raise InvalidInput("replaced_of_another_holder", detail, field=_FIELD)
    if found.replaced_by is not None:
        newer = found.replaced_by.notice_id
        detail = (
            f"Esa notificación ya fue reemplazada por la {newer}. Si hay que rehacerla otra vez, se reemplaza a esa."
        )
        raise Conflict("replaced_already", detail, field=_FIELD, members={"replaced_by": newer})
    return found.notice.reference
