"""Compare what was read: each kind of damage, which thing it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infra.restore.checks import Check, Damage, asked
from infra.restore.filing_damage import FILING_CHECKS
from infra.restore.ledger import Ledger
from infra.restore.lost import ABANDONED, COMMITTED
from infra.restore.rows import LETS_IN

OPEN_ALERTS = (
    "SELECT (SELECT COUNT(*) FROM alerts WHERE open_count > 0)"
    " + (SELECT COUNT(*) FROM filing_alerts WHERE open_count > 0)"
)
"""Of how many notices, and news of filings, messages are still to be sent."""
MOST_IN_FLIGHT = 100
"""More messages than these that would go out again are no few of an instant, but something that somebody decides."""


def _hidden(ledger: Ledger, key: str) -> str:
    """Say how an object that a notice names and nobody sees can be brought back."""
    found = list(
        ledger.rows("SELECT version, is_marker FROM versions WHERE key = ? ORDER BY modified DESC, is_latest DESC", key)
    )
    if not found:
        return "no queda ninguna versión: restáurelo de la copia de AWS Backup"
    versions = [version for version, is_marker in found if not is_marker]
    if not versions:
        return "solo quedan marcas de borrado: restáurelo de la copia de AWS Backup"
    return (
        "está oculto por una marca de borrado; copie sobre ella la última versión:"
        f" aws s3api copy-object --bucket BUCKET --key {key} --copy-source 'BUCKET/{key}?versionId={versions[0]}'"
        " --checksum-algorithm SHA256"
    )


def _missing(ledger: Ledger) -> Iterator[tuple[str, str]]:
    query = (
        "SELECT f.key, f.notice FROM files f WHERE NOT EXISTS (SELECT 1 FROM versions v WHERE v.key = f.key"
        " AND v.is_latest = 1 AND v.is_marker = 0)"
    )
    for key, notice in list(ledger.rows(query)):
        yield key, f"de {notice}; {_hidden(ledger, key)}"


def _older(ledger: Ledger, key: str) -> str:
    query = "SELECT version FROM versions WHERE key = ? AND is_latest = 0 AND is_marker = 0 ORDER BY modified DESC"
    older = [version for (version,) in ledger.rows(query, key)]
    return f"hay versiones anteriores: {' '.join(older)}" if older else "no hay otra versión: cópielo de AWS Backup"


def _differs(column: str) -> Callable[[Ledger], Iterator[tuple[str, str]]]:
    stored = {"size": "v.size", "sha256": "h.sha256"}[column]
    query = (
        f"SELECT f.key, f.notice, f.{column}, {stored} FROM files f"  # noqa: S608 - one of two columns
        " JOIN versions v ON v.key = f.key AND v.is_latest = 1 AND v.is_marker = 0 JOIN hashes h ON h.key = f.key"
        f" WHERE f.{column} IS NOT NULL AND f.{column} <> {stored}"
    )

    def find(ledger: Ledger) -> Iterator[tuple[str, str]]:
        for key, notice, said, found in list(ledger.rows(query)):
            yield key, f"de {notice}; dice {said} y es {found}; {_older(ledger, key)}"

    return find


def _receipts(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Three places say a receipt's hash: the notice, which packages before left empty, the log, and the answer."""
    query = (
        "SELECT n.id, n.receipt_sha256, d.receipt_sha256, e.receipt_sha256, h.sha256 FROM notices n"
        " LEFT JOIN deposits d ON d.notice = n.id LEFT JOIN deposited e ON e.notice = n.id"
        " LEFT JOIN files f ON f.notice = n.id AND f.size IS NULL LEFT JOIN hashes h ON h.key = f.key"
    )
    for notice, *hashes in ledger.rows(query):
        said = {one for one in hashes if one}
        if len(said) > 1:
            names = ("notificación", "respuesta", "registro", "archivo")
            told = ", ".join(f"{name} {one[:12]}" for name, one in zip(names, hashes, strict=True) if one)
            yield notice, told


_BEFORE = "(SELECT value FROM about WHERE name = 'settled_before')"
_NEWEST = {
    "notices": f"SELECT MAX(substr(deposited_at, 1, 19)) FROM notices WHERE substr(deposited_at, 1, 19) < {_BEFORE}",  # noqa: S608 - as above
    "deposits": f"SELECT MAX(substr(deposited_at, 1, 19)) FROM deposits WHERE substr(deposited_at, 1, 19) < {_BEFORE}",  # noqa: S608 - as above
    "alerts": f"SELECT MAX(substr(deposited_at, 1, 19)) FROM alerts WHERE substr(deposited_at, 1, 19) < {_BEFORE}",  # noqa: S608 - as above
    "events": f"SELECT MAX(substr(at, 1, 19)) FROM deposited WHERE substr(at, 1, 19) < {_BEFORE}",  # noqa: S608 - as above
}
"""The newest deposit that each table knows, to the second: one transaction writes all four.

Of tables in use one is read after the other, so the last minute before the reading began is left out.
"""


def newest(ledger: Ledger) -> dict[str, str]:
    """Return the newest deposit of each table that a deposit writes; empty where there is none."""
    return {name: next(ledger.rows(query))[0] or "" for name, query in _NEWEST.items()}


def _apart(ledger: Ledger) -> Iterator[tuple[str, str]]:
    found = newest(ledger)
    if len(set(found.values())) > 1:
        yield "tablas", ", ".join(f"{name} hasta {at or 'nada'}" for name, at in found.items())


def _gaps(ledger: Ledger) -> Iterator[tuple[str, str]]:
    query = "SELECT series, COUNT(*), MIN(number), MAX(number) FROM numbered GROUP BY series"
    for series, count, _, last in ledger.rows(query):
        if count != last:
            yield series, f"hay {count} y el último es el {last}"


def _months(ledger: Ledger) -> Iterator[tuple[str, str]]:
    query = "SELECT institution, COUNT(*), MIN(month), MAX(month) FROM statements GROUP BY institution"
    for institution, count, first, last in ledger.rows(query):
        months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1
        if count != months:
            yield institution, f"hay {count} liquidaciones entre {first} y {last}"


def _in_flight(ledger: Ledger) -> Iterator[tuple[str, str]]:
    count = ledger.number(OPEN_ALERTS)
    if count > MOST_IN_FLIGHT:
        yield "avisos", f"saldrían otra vez los de {count} notificaciones y presentaciones"


def _sent_and_open(ledger: Ledger) -> Iterator[tuple[str, str]]:
    query = (
        "SELECT s.notice, s.alert FROM sent s JOIN alerts a ON a.notice = s.notice WHERE a.open_count > 0 AND"
        " ' ' || a.open_alerts || ' ' LIKE '% ' || s.alert || ' %'"
    )
    yield from asked(query)(ledger)


_KINDS = ", ".join(f"'{kind}'" for kind in sorted(LETS_IN))
_ALIVE = f"SELECT kind, COUNT(*) || ' vivos' FROM tokens WHERE kind IN ({_KINDS}) GROUP BY kind"  # noqa: S608 - as above

_AGAIN = "Restaure todas las tablas otra vez, al mismo instante y con otro prefijo."
_ITEM = "Restaure la tabla que la tiene a otro nombre y copie ese ítem (runbook, One item)."

CHECKS = (
    Check("unreadable", "Un ítem no se puede leer", _ITEM, asked("SELECT part || ' ' || thing, fault FROM unreadable")),
    Check("tables_apart", "Las tablas son de instantes distintos", _AGAIN, _apart),
    Check(
        "notice_without_record",
        "Notificación sin registro de idempotencia: se podría depositar dos veces",
        _ITEM,
        asked("SELECT id, institution FROM notices WHERE id NOT IN (SELECT notice FROM deposits)"),
    ),
    Check(
        "record_without_notice",
        "Registro de idempotencia sin su notificación: su entidad tiene una respuesta",
        _ITEM,
        asked("SELECT notice, key FROM deposits WHERE notice NOT IN (SELECT id FROM notices)"),
    ),
    Check(
        "notice_without_alerts",
        "Notificación sin sus avisos: nadie los enviaría",
        _ITEM,
        asked("SELECT id, institution FROM notices WHERE id NOT IN (SELECT notice FROM alerts)"),
    ),
    Check(
        "alerts_without_notice",
        "Avisos sin su notificación: se avisaría de lo que no se puede leer",
        _ITEM,
        asked("SELECT notice, open_count || ' por enviar' FROM alerts WHERE notice NOT IN (SELECT id FROM notices)"),
    ),
    Check(
        "notice_without_event",
        "Notificación sin su hecho en el registro",
        _ITEM,
        asked("SELECT id, institution FROM notices WHERE id NOT IN (SELECT notice FROM deposited)"),
    ),
    Check(
        "event_without_notice",
        "El registro dice un depósito que no está",
        _ITEM,
        asked("SELECT notice, event FROM deposited WHERE notice NOT IN (SELECT id FROM notices)"),
    ),
    Check(
        "opening_without_event",
        "Notificación abierta sin el hecho de su apertura",
        _ITEM,
        asked(
            "SELECT id, opening_id FROM notices WHERE opening_id IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM opened o WHERE o.notice = id AND o.event = opening_id)"
        ),
    ),
    Check(
        "event_without_opening",
        "El registro dice una apertura que la notificación no tiene",
        _ITEM,
        asked("SELECT o.notice, o.event FROM opened o JOIN notices n ON n.id = o.notice WHERE n.opened_at IS NULL"),
    ),
    Check(
        "notice_without_mailbox",
        "Notificación de una casilla que no está",
        _ITEM,
        asked("SELECT id, institution FROM notices WHERE mailbox NOT IN (SELECT id FROM mailboxes)"),
    ),
    Check(
        "notice_without_institution",
        "Notificación de una entidad que no está",
        _ITEM,
        asked("SELECT id, institution FROM notices WHERE institution NOT IN (SELECT id FROM institutions)"),
    ),
    Check(
        "user_without_account",
        "Usuario de una casilla abierta que no puede ingresar: falta su cuenta",
        _ITEM,
        asked("SELECT username FROM users WHERE username NOT IN (SELECT username FROM accounts)"),
    ),
    Check(
        "account_without_mailbox",
        "Cuenta de una casilla que no está",
        _ITEM,
        asked("SELECT username FROM accounts WHERE mailbox NOT IN (SELECT id FROM mailboxes)"),
    ),
    Check(
        "event_without_mailbox",
        "El registro dice que se abrió una casilla que no está",
        _ITEM,
        asked("SELECT thing FROM told WHERE kind = 'mailbox' AND thing NOT IN (SELECT id FROM mailboxes)"),
    ),
    Check(
        "event_without_institution",
        "El registro dice una entidad que no está",
        _ITEM,
        asked("SELECT thing FROM told WHERE kind = 'institution' AND thing NOT IN (SELECT id FROM institutions)"),
    ),
    Check(
        "event_without_statement",
        "El registro dice un mes cerrado que no está",
        _ITEM,
        asked(
            "SELECT thing FROM told WHERE kind = 'statement' AND thing NOT IN"
            " (SELECT institution || ' ' || month FROM statements)"
        ),
    ),
    Check("statement_gap", "Falta un mes entre las liquidaciones de una entidad", _ITEM, _months),
    Check("number_gap", "Falta un número en una serie", _ITEM, _gaps),
    Check(
        "object_missing",
        "Falta el archivo de una notificación o de una presentación",
        "Copie encima su última versión (runbook, One object), o restáurelo.",
        _missing,
    ),
    Check(
        "object_wrong_size",
        "El archivo de una notificación o presentación tiene otro tamaño",
        "Copie sobre él la versión buena (runbook, One object).",
        _differs("size"),
    ),
    Check(
        "object_wrong_hash",
        "El archivo no es el que se notificó o presentó",
        "Copie sobre él la versión buena (runbook, One object).",
        _differs("sha256"),
    ),
    Check(
        "receipt_differs",
        "No todos dicen el mismo SHA-256 de la constancia",
        "Decida cuál vale por el archivo y la respuesta, y restaure el ítem que difiere.",
        _receipts,
    ),
    Check(
        "lets_in",
        "Una sesión, un código o un enlace de antes dejaría entrar a alguien",
        "Ejecute «end-sessions» sobre estas tablas.",
        asked(_ALIVE),
    ),
    Check(
        "alert_sent_and_open", "El registro dice que un aviso salió, y sus avisos dicen que no", _AGAIN, _sent_and_open
    ),
    Check(
        "alerts_in_flight",
        "Saldrían otra vez muchos avisos",
        "Restaure a un instante sin atraso, o acéptelo: a lo más salen dos veces.",
        _in_flight,
    ),
    Check(
        "deposit_committed",
        "Depósito que se confirmó después del instante: las tablas de antes lo tienen",
        "Tráigalo con «bring-back».",
        asked("SELECT notice, institution, deposited_at FROM lost WHERE state = ?", COMMITTED),
    ),
    Check(
        "deposit_unknown",
        "S3 tiene una constancia que las tablas no: su entidad puede tener la respuesta",
        "Pregunte a la entidad, y haga que deposite otra vez; luego acéptelo.",
        asked("SELECT notice, institution, deposited_at FROM lost WHERE state NOT IN (?, ?)", COMMITTED, ABANDONED),
    ),
    *FILING_CHECKS,
)
"""Every kind of damage that is looked for."""


def find_all(ledger: Ledger) -> Iterator[Damage]:
    """Yield every damage, kind by kind."""
    for check in CHECKS:
        for thing, about in check.find(ledger):
            yield Damage(check.kind, thing, about)
