"""Compare filings with their numbers, leads, drafts, alerts, log and answers, and with the receipts that S3 has."""

from __future__ import annotations

from collections.abc import Iterator

from infra.restore.checks import Check, asked
from infra.restore.ledger import Ledger
from infra.restore.lost import ABANDONED, COMMITTED

_ITEM = "Restaure la tabla que la tiene a otro nombre y copie ese ítem (runbook, One item)."
_COUNT = "Suba la cuenta de la entidad hasta el mayor número (runbook, One item), antes de que alguien presente."
_MOST_TOLD = 20

_LACKS_LEAD = (
    "SELECT id, institution FROM filings f WHERE (SELECT COUNT(*) FROM leads l WHERE l.filing = f.id AND l.key IN ("
    "'number#' || f.institution || '#' || f.year || '-' || printf('%06d', f.number),"
    " 'code#' || f.code, 'receipt#' || f.receipt_sha256)) < 3"
    " OR f.correction IS NOT NULL AND (SELECT COUNT(*) FROM leads l WHERE l.filing = f.id AND l.key IN ("
    "f.correction, 'receipt#' || f.correction_sha256)) < 2"
)
_TWICE = (
    "SELECT institution || ' ' || year || '-' || printf('%06d', number), group_concat(id, ' ') FROM"
    " (SELECT id, institution, year, number FROM filings"
    " UNION SELECT filing, institution, year, number FROM lost_filings WHERE state <> ?)"
    " GROUP BY institution, year, number HAVING COUNT(DISTINCT id) > 1"
)
_BEHIND = (
    "SELECT g.institution || ' ' || g.year, 'la cuenta es ' || COALESCE(c.last, 0) || ', el mayor número ' || g.most"
    " FROM (SELECT institution, year, MAX(number) AS most FROM"
    " (SELECT institution, year, number FROM filings"
    " UNION ALL SELECT institution, year, number FROM lost_filings WHERE state <> ?) GROUP BY institution, year) g"
    " LEFT JOIN counts c ON c.institution = g.institution AND c.year = g.year WHERE COALESCE(c.last, 0) < g.most"
)


def _no_event(kind: str, told: str) -> str:
    """Write the query for filings of which the log does not have that."""
    return (
        f"SELECT f.id, f.institution FROM filings f WHERE f.{told} IS NOT NULL AND NOT EXISTS"  # noqa: S608 - our names
        f" (SELECT 1 FROM filing_events e WHERE e.filing = f.id AND e.kind = '{kind}')"
    )


def _no_fact(kind: str, fact: str) -> str:
    """Write the query for filings that do not have what the log tells of them."""
    return (
        f"SELECT e.filing, e.event FROM filing_events e JOIN filings f ON f.id = e.filing"  # noqa: S608 - as above
        f" WHERE e.kind = '{kind}' AND f.{fact} IS NULL"
    )


def _gaps(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Find numbers below the count that no filing has and no restore left out."""
    for institution, year, last in list(ledger.rows("SELECT institution, year, last FROM counts")):
        own = (institution, year)
        taken = {n for (n,) in ledger.rows("SELECT number FROM filings WHERE institution = ? AND year = ?", *own)}
        query = "SELECT first, last FROM leaps WHERE institution = ? AND year = ?"
        for first, until in ledger.rows(query, *own):
            taken |= set(range(first, until + 1))
        lacking = [number for number in range(1, last + 1) if number not in taken]
        if lacking:
            told = ", ".join(map(str, lacking[:_MOST_TOLD])) + (", …" if len(lacking) > _MOST_TOLD else "")
            yield f"{institution} {year}", f"faltan {len(lacking)} hasta el {last}: {told}"


FILING_CHECKS = (
    Check(
        "filing_without_lead",
        "Presentación que no se encuentra por su número, su código o su cargo",
        _ITEM,
        asked(_LACKS_LEAD),
    ),
    Check(
        "lead_without_filing",
        "Un número, un código o un cargo lleva a una presentación que no está",
        _ITEM,
        asked("SELECT filing, key FROM leads WHERE filing NOT IN (SELECT id FROM filings)"),
    ),
    Check(
        "filing_number_twice",
        "Dos presentaciones con un mismo número",
        "Avise a ambas personas y a la entidad: una recibe otro cargo. Los números no se corrigen en silencio.",
        asked(_TWICE, ABANDONED),
    ),
    Check(
        "filing_count_behind",
        "La cuenta de una entidad es menor que un número que ya se dio: se daría dos veces",
        _COUNT,
        asked(_BEHIND, ABANDONED),
    ),
    Check("filing_number_gap", "Falta un número entre las presentaciones de una entidad", _ITEM, _gaps),
    Check(
        "filing_with_open_draft",
        "Presentación cuyo borrador sigue abierto: se podría presentar dos veces",
        _ITEM,
        asked("SELECT f.id, f.draft FROM filings f JOIN drafts d ON d.id = f.draft WHERE d.is_open = 1"),
    ),
    Check(
        "draft_filed_twice",
        "Un borrador se presentó dos veces: antes y después de restaurar",
        "Avise a la persona y a la entidad: vale la primera, y ellas deciden qué hacer con la segunda. Luego acéptelo.",
        asked("SELECT draft, group_concat(id, ' ') FROM filings GROUP BY draft HAVING COUNT(*) > 1"),
    ),
    Check(
        "draft_without_filing",
        "Borrador presentado cuya presentación no está",
        _ITEM,
        asked("SELECT id, filing FROM drafts WHERE filing IS NOT NULL AND filing NOT IN (SELECT id FROM filings)"),
    ),
    Check(
        "filing_without_alerts",
        "Presentación sin sus avisos: nadie los enviaría",
        _ITEM,
        asked("SELECT id, institution FROM filings WHERE id NOT IN (SELECT filing FROM filing_alerts)"),
    ),
    Check(
        "alerts_without_filing",
        "Avisos de una presentación que no está",
        _ITEM,
        asked("SELECT id, open_count || ' por enviar' FROM filing_alerts WHERE filing NOT IN (SELECT id FROM filings)"),
    ),
    Check(
        "filing_without_event",
        "Presentación sin su hecho en el registro",
        _ITEM,
        asked(_no_event("filing.filed", "id")),
    ),
    Check(
        "event_without_filing",
        "El registro dice una presentación que no está",
        _ITEM,
        asked("SELECT DISTINCT filing FROM filing_events WHERE filing NOT IN (SELECT id FROM filings)"),
    ),
    Check(
        "correction_without_event",
        "Subsanación sin su hecho en el registro",
        _ITEM,
        asked(_no_event("filing.corrected", "correction")),
    ),
    Check(
        "event_without_correction",
        "El registro dice una subsanación que la presentación no tiene",
        _ITEM,
        asked(_no_fact("filing.corrected", "correction")),
    ),
    Check(
        "answer_without_event",
        "Presentación atendida sin el hecho en el registro",
        _ITEM,
        asked(_no_event("filing.answered", "answer")),
    ),
    Check(
        "event_without_answer",
        "El registro dice una respuesta que la presentación no tiene",
        _ITEM,
        asked(_no_fact("filing.answered", "answer")),
    ),
    Check(
        "answer_without_notice",
        "La notificación que responde una presentación no está",
        _ITEM,
        asked("SELECT id, answer FROM filings WHERE answer IS NOT NULL AND answer NOT IN (SELECT id FROM notices)"),
    ),
    Check(
        "answer_without_link",
        "La notificación que responde no lleva a su presentación",
        _ITEM,
        asked(
            "SELECT f.id, f.answer FROM filings f WHERE f.answer IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM answers a WHERE a.notice = f.answer AND a.filing = f.id)"
        ),
    ),
    Check(
        "link_without_answer",
        "Una notificación lleva a una presentación que no responde",
        _ITEM,
        asked(
            "SELECT a.notice, a.filing FROM answers a WHERE NOT EXISTS"
            " (SELECT 1 FROM filings f WHERE f.id = a.filing AND f.answer = a.notice)"
        ),
    ),
    Check(
        "filing_without_mailbox",
        "Presentación de una casilla que no está",
        _ITEM,
        asked("SELECT id, institution FROM filings WHERE mailbox NOT IN (SELECT id FROM mailboxes)"),
    ),
    Check(
        "filing_without_institution",
        "Presentación ante una entidad que no está",
        _ITEM,
        asked("SELECT id, institution FROM filings WHERE institution NOT IN (SELECT id FROM institutions)"),
    ),
    Check(
        "filing_receipt_differs",
        "La presentación y el registro no dicen el mismo SHA-256 del cargo",
        "Decida cuál vale por el archivo, y restaure el ítem que difiere.",
        asked(
            "SELECT f.id, 'presentación ' || substr(f.receipt_sha256, 1, 12) || ', registro ' || substr(e.told, 1, 12)"
            " FROM filings f JOIN filing_events e ON e.filing = f.id AND e.kind = 'filing.filed'"
            " WHERE e.told <> f.receipt_sha256 UNION SELECT f.id, 'de la subsanación' FROM filings f"
            " JOIN filing_events e ON e.filing = f.id AND e.kind = 'filing.corrected'"
            " WHERE e.told <> f.correction_sha256"
        ),
    ),
    Check(
        "filing_committed",
        "Presentación que se confirmó después del instante: las tablas de antes la tienen",
        "Tráigala con «bring-back».",
        asked(
            "SELECT filing, institution || ' ' || year || '-' || printf('%06d', number), received_at FROM lost_filings"
            " WHERE state = ? GROUP BY filing",
            COMMITTED,
        ),
    ),
    Check(
        "filing_unknown",
        "S3 tiene un cargo que las tablas no: la persona puede tenerlo en la mano",
        "Lea el cargo y avise a la persona y a la entidad: vale la fecha que dice. Luego acéptelo.",
        asked(
            "SELECT id, institution || ' ' || year || '-' || printf('%06d', number), received_at FROM lost_filings"
            " WHERE state NOT IN (?, ?)",
            COMMITTED,
            ABANDONED,
        ),
    ),
)
"""Every kind of damage of filings that is looked for."""
