"""Institutions' emblems, each under the hash of its bytes, never changed."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.tables import InstitutionItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_EMBLEM = "emblem#"


@dataclass(frozen=True, slots=True)
class Emblem:
    """A PNG that was inspected, its SHA-256, and its size in points."""

    sha256: str
    png: bytes
    width: int
    height: int


class EmblemStore:
    """Raises `Unavailable` when DynamoDB does not answer; the models have to be bound."""

    def put(self, institution_id: str, emblem: Emblem) -> None:
        """Keep an emblem of an institution; the same again changes nothing."""
        data = {
            "png": base64.b64encode(emblem.png).decode(),
            "width": emblem.width,
            "height": emblem.height,
        }
        try:
            InstitutionItem(institution_id, f"{_EMBLEM}{emblem.sha256}", data=data).save()
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def find(self, institution_id: str, sha256: str) -> Emblem | None:
        """Return an emblem that an institution has or had."""
        try:
            data = InstitutionItem.get(institution_id, f"{_EMBLEM}{sha256}").data
        except InstitutionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return Emblem(sha256, base64.b64decode(data["png"]), int(data["width"]), int(data["height"]))
