"""What the operator's command about receipts says, as text and as JSON."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.evidence.indexing import IndexedReceipts


def indexed_text(done: IndexedReceipts) -> str:
    """Write what was looked at, and how to go on."""
    counts = f"Constancias que ahora se pueden verificar: {done.indexed}. No se pudieron leer: {done.failed}."
    lines = [f"Depósitos vistos: {done.looked_at}. {counts}"]
    if not done.is_over and done.after:
        lines.append(f"Falta el resto: receipts index --after '{done.after}'")
    elif not done.is_over:
        lines.append("Falta todo: repita el comando.")
    return "\n".join(lines)


def indexed_json(done: IndexedReceipts) -> dict[str, Any]:
    """Return what was looked at; `after` is null at the end."""
    return {
        "looked_at": done.looked_at,
        "indexed": done.indexed,
        "failed": done.failed,
        "after": None if done.is_over else done.after,
        "is_over": done.is_over,
    }
