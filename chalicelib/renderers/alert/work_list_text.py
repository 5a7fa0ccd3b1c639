"""What operators read of alerts: plain text, without a whole address or a letter that a terminal would obey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.alert.work_list import GivenUp, Indexed, Resending, Resent, ResentAll, Waiting, WorkList
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.masking import mask_email, mask_mobile
from chalicelib.renderers.spanish import date_and_hour, one_line, zone_in_words

CORRECTION = "El titular corrige su dirección en «Mi perfil»; lo que nadie abrió se le avisa entonces allí."
CHANNELS = {Channel.EMAIL: "correo", Channel.SMS: "SMS"}
_STATES = {
    AlertState.WAITING: "por enviar",
    AlertState.ATTEMPTED: "enviándose",
    AlertState.REFUSED: "el proveedor no la recibe; se vuelve a intentar",
    AlertState.UNKNOWN: "no se sabe si salió; se vuelve a intentar",
    AlertState.ACCEPTED: "enviada",
    AlertState.DELAYED: "enviada; la entrega se demora",
    AlertState.DELIVERED: "entregada",
    AlertState.BOUNCED: "devuelta",
    AlertState.COMPLAINED: "entregada y marcada como no deseada",
    AlertState.FAILED: "dirección o número rechazado para siempre",
    AlertState.GAVE_UP: "no enviada",
    AlertState.CANCELLED: "cancelada",
}
_PURPOSES = {
    AlertPurpose.FALLBACK: "por el otro canal, ",
    AlertPurpose.RENEWAL: "repetida, ",
    AlertPurpose.REMINDER: "recordatorio, ",
    AlertPurpose.SUSPENSION: "de la suspensión, ",
}
"""Those that are not the deposit's own."""
_REPORTS = {
    ReportKind.REJECTED: "el proveedor la descartó",
    ReportKind.DELAYED: "la entrega se demora",
    ReportKind.RETURNED: "devuelta por ahora",
    ReportKind.DELIVERED: "entregada",
    ReportKind.BOUNCED: "devuelta para siempre",
    ReportKind.COMPLAINED: "marcada como no deseada",
}
_REASONS = {
    "mail_unavailable": "el servicio de correo no la recibió",
    "mail_throttled": "el servicio de correo pidió esperar",
    "sms_unavailable": "el servicio de SMS no la recibió",
    "sms_throttled": "el servicio de SMS pidió esperar",
    "email_address_refused": "la dirección no es válida",
    "mobile_country_off": "a ese país no se envían mensajes de texto",
    "mobile_refused": "el número no es válido",
    "mobile_opted_out": "el titular pidió no recibir mensajes",
    "rejected_by_provider": "por su contenido",
    "notice_opened": "la notificación ya se abrió",
    "notice_replaced": "la notificación ya se reemplazó por otra",
    "reading_suspended": "la lectura de la notificación se suspendió",
    "too_late": "ya pasó el día que recordaba",
    "address_changed": "el usuario ya no tiene esa dirección, o ya no está activo",
    "address_dead": "la dirección dejó de recibir",
    "mailbox_frozen": "la casilla está congelada",
    "filing_answered": "la presentación ya se respondió",
    "filing_observed": "la presentación ya se observó, y de eso se avisa aparte",
    "filing_corrected": "la presentación ya se subsanó",
}
"""Our own codes; what else there is, the provider says."""
_OCCASIONS = {
    Occasion.FILED: "que se recibió",
    Occasion.OBSERVED: "que se observó",
    Occasion.CORRECTED: "que se recibió su corrección",
    Occasion.LAPSING: "que su plazo para subsanar está por vencer",
    Occasion.LAPSED: "que venció sin subsanarse",
    Occasion.LAPSED_THERE: "que venció sin subsanarse, a la entidad",
}
"""What of a filing somebody is told."""
_NOT_RESENT = frozenset({AlertState.FAILED, AlertState.BOUNCED})


def masked(alert: Alert) -> str:
    """Return where an alert goes, as a receipt shows it."""
    return one_line((mask_email if alert.channel is Channel.EMAIL else mask_mobile)(alert.destination))


def list_text(work: WorkList, zone: ZoneInfo) -> str:
    """Write a page of the list, with the command that shows the next one."""
    if not work.oldest or not work.newest:
        return "No hay alertas por reenviar: la lista está vacía."
    since = f"de {date_and_hour(work.oldest, zone)} a {date_and_hour(work.newest, zone)}, {zone_in_words(zone)}"
    lines = [f"{_notices(work.total)} en la lista, {since}. Primero las más recientes."]
    for given_up in work.shown:
        lines += ["", *_given_up_lines(given_up, zone)]
    if work.after:
        lines += ["", f"Hay más, de antes: alerts list --after {position_text(work.after)}"]
    return "\n".join(lines)


def position_text(position: tuple[int, str]) -> str:
    """Write where a page begins, as `--after` takes it."""
    return f"{position[0]}/{position[1]}"


def batch_text(batch: AlertBatch, zone: ZoneInfo) -> str:
    """Write all that is known of a notice's alerts, each step and report with its hour."""
    lines = [f"{batch.notice_id}  {one_line(batch.institution_name)}"]
    if batch.news is not None:
        lines.append(f"De la presentación N.º {batch.news.number}: {_OCCASIONS[batch.news.occasion]}")
    lines.append(f"{'Depositada' if batch.news is None else 'Desde'} {_at(batch.deposited_at, zone)}")
    if batch.resent_at:
        lines.append(f"Reenviada {_at(batch.resent_at, zone)}")
    if batch.open:
        lines.append(f"Lo que falta se intenta hasta {_at(batch.gives_up_at, zone)}")
    if batch.owed:
        lines.append(f"Hechos que faltan en el registro: {len(batch.owed)}")
    if not batch.alerts:
        lines.append("No tenía a quién avisar.")
    for alert in batch.alerts:
        lines += ["", _alert_line(alert, batch), *(f"  {at}  {told}" for at, told in _history(alert, zone))]
    if batch.given_up:
        lines += ["", f"Para enviarla otra vez: alerts resend {batch.notice_id} --reason TEXTO --operator NOMBRE"]
    if any(alert.state in _NOT_RESENT for alert in batch.alerts):
        lines += ["", f"Lo rechazado o devuelto no se reenvía por comando. {CORRECTION}"]
    return "\n".join(lines)


def waiting_text(waiting: Waiting, zone: ZoneInfo) -> str:
    """Write how much waits, and which notices wait longest."""
    if not waiting.longest:
        return f"Ninguna alerta espera. Por atender ahora: {waiting.due}."
    since = _at(waiting.longest[0][1], zone)
    lines = [
        f"{_notices(waiting.total)} en espera; la más antigua desde {since}. Por atender ahora: {waiting.due}.",
        "",
    ]
    return "\n".join(lines + [f"{notice_id}  desde {_at(at, zone)}" for notice_id, at in waiting.longest])


def resent_text(notices: Iterable[Resent]) -> str:
    """Write what became of each notice that was asked for."""
    return "\n".join(line for notice in notices for line in _resent_lines(notice))


def resent_all_text(done: ResentAll) -> str:
    """Write what became of a part of the list, and what is left to do."""
    counts = Counter(notice.outcome for notice in done.notices)
    failed = [notice for notice in done.notices if notice.outcome in {Resending.FAILED, Resending.UNKNOWN}]
    lines = [f"{_notices(counts[Resending.RESENT])} por enviar otra vez. Quedan {done.left} en la lista."]
    if counts[Resending.NOT_GIVEN_UP]:
        lines.append(f"{_notices(counts[Resending.NOT_GIVEN_UP])} ya no estaban en la lista.")
    if done.left:
        lines.append("Repita el mismo comando para seguir.")
    return "\n".join(lines + ([resent_text(failed)] if failed else []))


def _given_up_lines(given_up: GivenUp, zone: ZoneInfo) -> list[str]:
    head = f"{given_up.notice_id}  desde {date_and_hour(given_up.since, zone)}"
    if given_up.batch is None:
        return [f"{head}  no se puede leer: el registro de la función dice por qué"]
    batch = given_up.batch
    return [f"{head}  {one_line(batch.institution_name)}", *(f"  {_alert_line(one, batch)}" for one in batch.given_up)]


def indexed_text(done: Indexed) -> str:
    """Write what was looked at, and how to go on."""
    lines = [f"Vistas: {done.looked_at}. Puestas en su lista: {done.moved}. No se pudieron leer: {done.failed}."]
    if done.after is not None:
        lines.append(f"Falta el resto: alerts index --after {done.after}")
    return "\n".join(lines)


def _resent_lines(notice: Resent) -> list[str]:
    number, batch = notice.notice_id, notice.batch
    match notice.outcome:
        case Resending.UNKNOWN:
            return [f"{number}  no existe o no tiene alertas: revise el número"]
        case Resending.FAILED:
            return [f"{number}  no se pudo: repita el comando; si sigue igual, el registro de la función dice por qué"]
        case Resending.NOT_GIVEN_UP:
            alerts = batch.alerts if batch else ()
            lines = [f"{number}  no había nada por reenviar; no se cambió nada"]
        case Resending.RESENT:
            alerts = batch.given_up if batch else ()
            lines = [f"{number}  se enviará otra vez en unos minutos"]
            lines += [f"  {CHANNELS[alert.channel]} {masked(alert)}" for alert in alerts]
            alerts = tuple(alert for alert in batch.alerts if alert.state in _NOT_RESENT) if batch else ()
    lines += [f"  {_alert_line(alert, batch)}" for alert in alerts if batch]
    if any(alert.state in _NOT_RESENT for alert in alerts):
        lines.append(f"  {CORRECTION}")
    return lines


def _alert_line(alert: Alert, batch: AlertBatch) -> str:
    attempts = batch.attempts_of(alert)
    tried = f"{attempts} intento" if attempts == 1 else f"{attempts} intentos"
    told = f"{_PURPOSES.get(alert.purpose, '')}{_why(_STATES[alert.state], alert.error)}"
    return one_line(f"{CHANNELS[alert.channel]} {masked(alert)}, {told}, {tried}")


def _history(alert: Alert, zone: ZoneInfo) -> list[tuple[str, str]]:
    told = [(step.at, _STATES[step.state], step.error) for step in alert.steps]
    told += [(report.at, _report(report), report.error) for report in alert.reports if report.at]
    lines = [(date_and_hour(at, zone), _why(what, error)) for at, what, error in sorted(told, key=lambda one: one[0])]
    return lines + [("sin hora", _why(_report(report), report.error)) for report in alert.reports if not report.at]


def _report(report: AlertReport) -> str:
    return f"informe del proveedor: {_REPORTS[report.kind]}"


def _why(told: str, error: str | None) -> str:
    """Add a code in words, and the code itself, by which the log is searched."""
    if not error:
        return one_line(told)
    return one_line(f"{told}: {_REASONS.get(error, 'código del proveedor')} ({error})")


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return date_and_hour(instant, zone)


def _notices(count: int) -> str:
    return "1 notificación" if count == 1 else f"{count} notificaciones"
