"""The console's part of the map of doors. Each names the act that it is for (`domain/institution/permission.py`)."""

from __future__ import annotations

from chalicelib.domain.institution.permission import Act
from chalicelib.handlers.door import FORM, FORM_WITH_FILES, LARGEST_FORM_WITH_FILE, NOTHING, PUBLIC, Door


def team_doors(base: str, seeing: str, managing: str) -> tuple[Door, ...]:
    """Return the doors of a list of the staff, whose people are managed alike wherever they are listed."""
    target = "web.institution.team:{}".format
    return (
        Door("GET", base, seeing, NOTHING, target("show_team")),
        Door("GET", f"{base}/agregar", managing, NOTHING, target("show_enrolment")),
        Door("POST", f"{base}/agregar", managing, FORM, target("enrol_by_form")),
        Door("GET", f"{base}/{{staff_id}}", managing, NOTHING, target("show_member")),
        Door("POST", f"{base}/{{staff_id}}", managing, FORM, target("change_by_form")),
        Door("GET", f"{base}/{{staff_id}}/{{deed}}", managing, NOTHING, target("show_deed")),
        Door("POST", f"{base}/{{staff_id}}/{{deed}}", managing, FORM, target("do_by_form")),
    )


LARGEST_FORM_WITH_EMBLEM = 256 * 1024
"""Bytes: a picture that is too large by some times is told so, and what is larger is not read."""

LARGEST_PROCEDURE_FORM = 192 * 1024
"""Bytes: the longest texts that a procedure has, all of their letters escaped."""


# fmt: off
CONSOLE_DOORS = (
    # The console: ways in and out of the staff
    Door("GET",    "/entidad/ingresar",                                 PUBLIC,                   NOTHING, "web.institution.entrance:show_login"),
    Door("POST",   "/entidad/ingresar",                                 PUBLIC,                   FORM,    "web.institution.entrance:log_in_by_form"),
    Door("GET",    "/plataforma/ingresar",                              PUBLIC,                   NOTHING, "web.institution.entrance:show_login"),
    Door("POST",   "/plataforma/ingresar",                              PUBLIC,                   FORM,    "web.institution.entrance:log_in_by_form"),
    Door("GET",    "/entidad/activar/{link}",                           PUBLIC,                   NOTHING, "web.institution.activation:show_set_up"),
    Door("POST",   "/entidad/activar/{link}",                           PUBLIC,                   FORM,    "web.institution.activation:set_up_by_form"),
    Door("GET",    "/entidad/confirmar",                                Act.BE_INSIDE,            NOTHING, "web.institution.entrance:show_confirmation"),
    Door("POST",   "/entidad/confirmar",                                Act.BE_INSIDE,            FORM,    "web.institution.entrance:confirm_by_form"),
    Door("GET",    "/entidad/clave",                                    Act.BE_INSIDE,            NOTHING, "web.institution.entrance:show_password"),
    Door("POST",   "/entidad/clave",                                    Act.BE_INSIDE,            FORM,    "web.institution.entrance:change_password_by_form"),
    Door("GET",    "/entidad/borrador",                                 Act.BE_INSIDE,            NOTHING, "web.institution.kept_form:show_kept_form"),
    Door("GET",    "/entidad/borrador/descartar",                       PUBLIC,                   NOTHING, "web.missing:lead_back"),
    Door("POST",   "/entidad/borrador/descartar",                       Act.BE_INSIDE,            FORM,    "web.institution.kept_form:discard_kept_form"),
    Door("GET",    "/entidad/codigos",                                  Act.BE_INSIDE,            NOTHING, "web.institution.entrance:show_recovery"),
    Door("POST",   "/entidad/codigos",                                  Act.BE_INSIDE,            FORM,    "web.institution.entrance:renew_recovery_by_form"),
    Door("GET",    "/entidad/salir",                                    PUBLIC,                   NOTHING, "web.missing:lead_back"),
    Door("POST",   "/entidad/salir",                                    Act.BE_INSIDE,            FORM,    "web.institution.entrance:log_out_by_form"),
    Door("GET",    "/entidad",                                          Act.BE_INSIDE,            NOTHING, "web.institution.home:show_console"),
    Door("GET",    "/plataforma",                                       Act.BE_INSIDE,            NOTHING, "web.usage.platform_home:show_platform"),
    # The console: what was sent
    Door("GET",    "/entidad/enviadas",                                 Act.SEE_SENT,             NOTHING, "web.institution.sent:show_sent"),
    Door("GET",    "/entidad/enviadas/excel",                           Act.SEE_SENT,             NOTHING, "web.institution.sent:download_sent"),
    Door("GET",    "/entidad/enviadas/{notice_id}",                     Act.SEE_SENT,             NOTHING, "web.institution.sent:show_sent_notice"),
    Door("GET",    "/entidad/enviadas/{notice_id}/documentos/{name}",   Act.SEE_SENT,             NOTHING, "web.institution.sent:download_document"),
    Door("GET",    "/entidad/enviadas/{notice_id}/constancia",          Act.SEE_SENT,             NOTHING, "web.institution.sent:download_receipt"),
    Door("GET",    "/entidad/suspensiones",                             Act.SUSPEND_READING,      NOTHING, "web.institution.suspensions:list_asked"),
    Door("GET",    "/entidad/enviadas/{notice_id}/suspender",           Act.SUSPEND_READING,      NOTHING, "web.institution.suspension:show_suspension"),
    Door("POST",   "/entidad/enviadas/{notice_id}/suspender",           Act.SUSPEND_READING,      FORM,    "web.institution.suspension:suspend_by_form"),
    Door("GET",    "/entidad/alertas-fallidas",                         Act.SEE_SENT,             NOTHING, "web.institution.sent:show_unreached"),
    # The console: its people
    *team_doors("/entidad/equipo", Act.SEE_STAFF, Act.MANAGE_STAFF),
    *team_doors("/plataforma/administradores", Act.SEE_ADMINISTRATORS, Act.MANAGE_ADMINISTRATORS),
    *team_doors("/plataforma/entidades/{institution_id}/coordinadores", Act.MANAGE_INSTITUTIONS, Act.MANAGE_COORDINATORS),
    # The console: keys
    Door("GET",    "/entidad/claves",                                   Act.SEE_KEYS,             NOTHING, "web.institution.keys:list_keys"),
    Door("GET",    "/entidad/claves/registrar",                         Act.CHANGE_KEYS,          NOTHING, "web.institution.new_key:show_new_key"),
    Door("POST",   "/entidad/claves/registrar",                         Act.CHANGE_KEYS,          FORM_WITH_FILES, "web.institution.new_key:register_by_form"),
    Door("GET",    "/entidad/claves/{key_id}",                          Act.SEE_KEYS,             NOTHING, "web.institution.keys:show_key"),
    Door("GET",    "/entidad/claves/{key_id}/revocar",                  Act.CHANGE_KEYS,          NOTHING, "web.institution.keys:show_revocation"),
    Door("POST",   "/entidad/claves/{key_id}/revocar",                  Act.CHANGE_KEYS,          FORM,    "web.institution.keys:revoke_by_form"),
    # The console: notices written there
    Door("GET",    "/entidad/redactar",                                 Act.COMPOSE,              NOTHING, "web.institution.compositions:show_compositions"),
    Door("POST",   "/entidad/redactar",                                 Act.COMPOSE,              FORM,    "web.institution.compositions:begin_by_form"),
    Door("GET",    "/entidad/redactar/{composition_id}",                Act.COMPOSE,              NOTHING, "web.institution.compositions:show_composition"),
    Door("GET",    "/entidad/redactar/{composition_id}/{part}",         Act.COMPOSE,              NOTHING, "web.institution.composing:show_part"),
    Door("POST",   "/entidad/redactar/{composition_id}/{part}",         Act.COMPOSE,              FORM,    "web.institution.composing:save_part_by_form"),
    Door("GET",    "/entidad/redactar/{composition_id}/archivos",       Act.COMPOSE,              NOTHING, "web.institution.composed_files:show_files"),
    Door("POST",   "/entidad/redactar/{composition_id}/archivos",       Act.COMPOSE,              FORM_WITH_FILES, "web.institution.composed_files:attach_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/entidad/redactar/{composition_id}/archivos/grande", Act.COMPOSE,             NOTHING, "web.institution.composed_files:show_large"),
    Door("POST",   "/entidad/redactar/{composition_id}/archivos/grande", Act.COMPOSE,             FORM,    "web.institution.composed_files:await_by_form"),
    Door("GET",    "/entidad/redactar/{composition_id}/archivos/quitar", PUBLIC,                  NOTHING, "web.missing:lead_back"),
    Door("POST",   "/entidad/redactar/{composition_id}/archivos/quitar", Act.COMPOSE,             FORM,    "web.institution.composed_files:remove_by_form"),
    Door("GET",    "/entidad/redactar/{composition_id}/archivos/{upload_id}", Act.COMPOSE,        NOTHING, "web.institution.composed_files:show_sending"),
    Door("GET",    "/entidad/redactar/{composition_id}/descartar",      Act.COMPOSE,              NOTHING, "web.institution.compositions:show_discard"),
    Door("POST",   "/entidad/redactar/{composition_id}/descartar",      Act.COMPOSE,              FORM,    "web.institution.compositions:discard_by_form"),
    Door("GET",    "/entidad/redactar/{composition_id}/depositar",      Act.DEPOSIT,              NOTHING, "web.institution.depositing:show_check"),
    Door("POST",   "/entidad/redactar/{composition_id}/depositar",      Act.DEPOSIT,              FORM,    "web.institution.depositing:deposit_by_form"),
    Door("GET",    "/entidad/redactar/{composition_id}/depositada",     Act.COMPOSE,              NOTHING, "web.institution.depositing:show_deposited"),
    Door("GET",    "/entidad/redactar/{composition_id}/constancia",     Act.COMPOSE,              NOTHING, "web.institution.depositing:download_receipt"),
    Door("GET",    "/entidad/consultar",                                Act.CONSULT,              NOTHING, "web.institution.consulting:show_consultation"),
    Door("POST",   "/entidad/consultar",                                Act.CONSULT,              FORM,    "web.institution.consulting:consult_by_form"),
    # The console: who looked at whose data
    Door("GET",    "/entidad/auditoria",                                Act.AUDIT,                NOTHING, "web.audit.audits:list_audits"),
    Door("GET",    "/entidad/auditoria/pedir",                          Act.AUDIT,                NOTHING, "web.audit.audits:show_new_audit"),
    Door("POST",   "/entidad/auditoria/pedir",                          Act.AUDIT,                FORM,    "web.audit.audits:ask_by_form"),
    Door("GET",    "/entidad/auditoria/{reference}",                    Act.AUDIT,                NOTHING, "web.audit.audits:show_audit"),
    Door("GET",    "/entidad/auditoria/{reference}/{name}",             Act.AUDIT,                NOTHING, "web.audit.audits:download_file"),
    # The console: passwords restored at the desk
    Door("GET",    "/entidad/restauraciones",                           Act.ASK_RECOVERY,         NOTHING, "web.desk.recoveries:list_recoveries"),
    Door("GET",    "/entidad/restauraciones/nueva",                     Act.ASK_RECOVERY,         NOTHING, "web.desk.new_recovery:show_new"),
    Door("POST",   "/entidad/restauraciones/nueva",                     Act.ASK_RECOVERY,         FORM_WITH_FILES, "web.desk.new_recovery:ask_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/entidad/restauraciones/{recovery_id}",             Act.DECIDE_RECOVERY,      NOTHING, "web.desk.recoveries:show_one"),
    Door("POST",   "/entidad/restauraciones/{recovery_id}",             Act.DECIDE_RECOVERY,      FORM,    "web.desk.recoveries:decide_by_form"),
    Door("GET",    "/entidad/restauraciones/{recovery_id}/documento",   Act.DECIDE_RECOVERY,      NOTHING, "web.desk.recoveries:download_scan"),
    # The console: registrations in person, and those that wait for a review
    Door("GET",    "/entidad/registros",                                Act.REGISTER,             NOTHING, "web.desk.registrations:list_registrations"),
    Door("GET",    "/entidad/registros/nuevo",                          Act.REGISTER,             NOTHING, "web.desk.new_registration:show_new"),
    Door("POST",   "/entidad/registros/nuevo",                          Act.REGISTER,             FORM,    "web.desk.new_registration:check_by_form"),
    Door("GET",    "/entidad/registros/nuevo/revisar",                  Act.REGISTER,             NOTHING, "web.desk.new_registration:show_check"),
    Door("POST",   "/entidad/registros/nuevo/revisar",                  Act.REGISTER,             FORM_WITH_FILES, "web.desk.new_registration:register_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/entidad/registros/{reference}",                    Act.DECIDE_REGISTRATION,  NOTHING, "web.desk.registrations:show_one"),
    Door("POST",   "/entidad/registros/{reference}",                    Act.DECIDE_REGISTRATION,  FORM,    "web.desk.registrations:decide_by_form"),
    Door("GET",    "/entidad/registros/{reference}/documento",          Act.DECIDE_REGISTRATION,  NOTHING, "web.desk.registrations:download_scan"),
    # The console: changes of mailboxes that are asked for on paper
    Door("GET",    "/entidad/casillas",                                 Act.REGISTER,             NOTHING, "web.desk.petitions:list_petitions"),
    Door("GET",    "/entidad/casillas/nuevo",                           Act.REGISTER,             NOTHING, "web.desk.new_petition:show_new"),
    Door("POST",   "/entidad/casillas/nuevo",                           Act.REGISTER,             FORM_WITH_FILES, "web.desk.new_petition:ask_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/entidad/casillas/{petition_id}",                   Act.DECIDE_REGISTRATION,  NOTHING, "web.desk.petitions:show_one"),
    Door("POST",   "/entidad/casillas/{petition_id}",                   Act.DECIDE_REGISTRATION,  FORM,    "web.desk.petitions:decide_by_form"),
    Door("GET",    "/entidad/casillas/{petition_id}/documento",         Act.DECIDE_REGISTRATION,  NOTHING, "web.desk.petitions:download_scan"),
    # The platform: suspended readings
    Door("GET",    "/plataforma/suspensiones",                          Act.SEE_SUSPENSIONS,      NOTHING, "web.institution.suspensions:list_suspensions"),
    # The console: offices
    Door("GET",    "/entidad/oficinas",                                 Act.MANAGE_OFFICES,       NOTHING, "web.institution.offices:list_offices"),
    Door("GET",    "/entidad/oficinas/agregar",                         Act.MANAGE_OFFICES,       NOTHING, "web.institution.offices:show_new"),
    Door("POST",   "/entidad/oficinas/agregar",                         Act.MANAGE_OFFICES,       FORM,    "web.institution.offices:add_by_form"),
    Door("GET",    "/entidad/oficinas/{office_id}",                     Act.MANAGE_OFFICES,       NOTHING, "web.institution.offices:show_office"),
    Door("POST",   "/entidad/oficinas/{office_id}",                     Act.MANAGE_OFFICES,       FORM,    "web.institution.offices:change_by_form"),
    Door("GET",    "/entidad/oficinas/{office_id}/{deed}",              Act.MANAGE_OFFICES,       NOTHING, "web.filing.console.office_deeds:show_deed"),
    Door("POST",   "/entidad/oficinas/{office_id}/{deed}",              Act.MANAGE_OFFICES,       FORM,    "web.filing.console.office_deeds:do_by_form"),
    # The console: what was filed with the institution
    Door("GET",    "/entidad/presentados",                              Act.ATTEND,               NOTHING, "web.filing.console.inbox:show_inbox"),
    Door("GET",    "/entidad/presentados/{filing_id}",                  Act.ATTEND,               NOTHING, "web.filing.console.received:show_received"),
    Door("GET",    "/entidad/presentados/{filing_id}/{deed}",           Act.ATTEND,               NOTHING, "web.filing.console.attending:show_deed"),
    Door("POST",   "/entidad/presentados/{filing_id}/{deed}",           Act.ATTEND,               FORM,    "web.filing.console.attending:do_by_form"),
    # The console: the catalogue of procedures
    Door("GET",    "/entidad/procedimientos",                           Act.MANAGE_PROCEDURES,    NOTHING, "web.filing.console.procedures:list_procedures"),
    Door("GET",    "/entidad/procedimientos/{procedure_id}",            Act.MANAGE_PROCEDURES,    NOTHING, "web.filing.console.procedures:show_procedure"),
    Door("POST",   "/entidad/procedimientos/{procedure_id}",            Act.MANAGE_PROCEDURES,    FORM,    "web.filing.console.procedure_form:save_by_form", LARGEST_PROCEDURE_FORM),
    Door("GET",    "/entidad/procedimientos/{procedure_id}/{deed}",     Act.MANAGE_PROCEDURES,    NOTHING, "web.filing.console.procedure_deeds:show_deed"),
    Door("POST",   "/entidad/procedimientos/{procedure_id}/{deed}",     Act.MANAGE_PROCEDURES,    FORM_WITH_FILES, "web.filing.console.procedure_deeds:do_by_form", LARGEST_FORM_WITH_FILE),
    # The console: the institution's settings; what anybody may see of it
    Door("GET",    "/entidad/institucion",                              Act.EDIT_CONTACTS,        NOTHING, "web.institution.settings:show_settings"),
    Door("GET",    "/entidad/institucion/contactos/{contact_id}",       Act.EDIT_CONTACTS,        NOTHING, "web.institution.settings:show_contact"),
    Door("POST",   "/entidad/institucion/contactos/{contact_id}",       Act.EDIT_CONTACTS,        FORM,    "web.institution.settings:change_contact_by_form"),
    Door("GET",    "/entidades/{institution_id}",                       PUBLIC,                   NOTHING, "web.institution.about_institution:show_contacts"),
    Door("GET",    "/emblemas/{institution_id}/{name}",                 PUBLIC,                   NOTHING, "web.institution.about_institution:show_emblem"),
    # The platform: institutions
    Door("GET",    "/plataforma/entidades",                             Act.MANAGE_INSTITUTIONS,  NOTHING, "web.agreement.ending:list_institutions"),
    Door("GET",    "/plataforma/entidades/nueva",                       Act.MANAGE_INSTITUTIONS,  NOTHING, "web.institution.institutions:show_new"),
    Door("POST",   "/plataforma/entidades/nueva",                       Act.MANAGE_INSTITUTIONS,  FORM,    "web.institution.institutions:add_by_form"),
    Door("GET",    "/plataforma/entidades/{institution_id}",            Act.MANAGE_INSTITUTIONS,  NOTHING, "web.institution.institutions:show_one"),
    Door("GET",    "/plataforma/entidades/{institution_id}/datos",      Act.MANAGE_INSTITUTIONS,  NOTHING, "web.institution.institution_forms:show_details"),
    Door("POST",   "/plataforma/entidades/{institution_id}/datos",      Act.MANAGE_INSTITUTIONS,  FORM,    "web.institution.institution_forms:change_details_by_form"),
    Door("GET",    "/plataforma/entidades/{institution_id}/norma",      Act.MANAGE_INSTITUTIONS,  NOTHING, "web.institution.institution_forms:show_norm"),
    Door("POST",   "/plataforma/entidades/{institution_id}/norma",      Act.MANAGE_INSTITUTIONS,  FORM,    "web.institution.institution_forms:set_norm_by_form"),
    Door("GET",    "/plataforma/entidades/{institution_id}/horario",    Act.MANAGE_INSTITUTIONS,  NOTHING, "web.institution.institution_forms:show_hours"),
    Door("POST",   "/plataforma/entidades/{institution_id}/horario",    Act.MANAGE_INSTITUTIONS,  FORM,    "web.institution.institution_forms:set_hours_by_form"),
    Door("GET",    "/plataforma/entidades/{institution_id}/estado",     Act.MANAGE_INSTITUTIONS,  NOTHING, "web.agreement.agreements:show_state"),
    Door("POST",   "/plataforma/entidades/{institution_id}/estado",     Act.MANAGE_INSTITUTIONS,  FORM,    "web.agreement.agreements:set_state_by_form"),
    Door("GET",    "/plataforma/entidades/{institution_id}/emblema",    Act.MANAGE_INSTITUTIONS,  NOTHING, "web.institution.institution_looks:show_emblem"),
    Door("POST",   "/plataforma/entidades/{institution_id}/emblema",    Act.MANAGE_INSTITUTIONS,  FORM_WITH_FILES, "web.institution.institution_looks:change_emblem_by_form", LARGEST_FORM_WITH_EMBLEM),
    Door("GET",    "/plataforma/entidades/{institution_id}/colores",    Act.MANAGE_INSTITUTIONS,  NOTHING, "web.institution.institution_looks:show_colours"),
    Door("POST",   "/plataforma/entidades/{institution_id}/colores",    Act.MANAGE_INSTITUTIONS,  FORM,    "web.institution.institution_looks:set_colours_by_form"),
    # The console and the platform: what is used in a month, and whether it was paid
    Door("GET",    "/entidad/consumo",                                  Act.SEE_USAGE,            NOTHING, "web.usage.own_usage:list_own"),
    Door("GET",    "/entidad/consumo/{month}",                          Act.SEE_USAGE,            NOTHING, "web.usage.own_usage:show_own"),
    Door("GET",    "/entidad/consumo/{month}/{part}",                   Act.SEE_USAGE,            NOTHING, "web.usage.own_usage:show_part"),
    Door("POST",   "/entidad/consumo/{month}/{part}",                   Act.PROVE_PAYMENT,        FORM_WITH_FILES, "web.usage.own_usage:send_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/plataforma/consumo",                               Act.SEE_ALL_USAGE,        NOTHING, "web.usage.all_usage:list_institutions"),
    Door("GET",    "/plataforma/entidades/{institution_id}/consumo",    Act.SEE_ALL_USAGE,        NOTHING, "web.usage.all_usage:list_one"),
    Door("GET",    "/plataforma/entidades/{institution_id}/consumo/{month}", Act.SEE_ALL_USAGE,   NOTHING, "web.usage.all_usage:show_one"),
    Door("GET",    "/plataforma/entidades/{institution_id}/consumo/{month}/{part}", Act.SEE_ALL_USAGE, NOTHING, "web.usage.all_usage:show_file"),
    Door("GET",    "/plataforma/entidades/{institution_id}/consumo/{month}/pago", Act.RECORD_PAYMENT, NOTHING, "web.usage.payment:show_payment"),
    Door("POST",   "/plataforma/entidades/{institution_id}/consumo/{month}/pago", Act.RECORD_PAYMENT, FORM, "web.usage.payment:decide_by_form"),
    # Agreements
    Door("GET",    "/convenio",                                         PUBLIC,                   NOTHING, "web.agreement.application:show_start"),
    Door("POST",   "/convenio",                                         PUBLIC,                   FORM,    "web.agreement.application:start_by_form"),
    Door("GET",    "/convenio/{link}",                                  PUBLIC,                   NOTHING, "web.agreement.application:show_application"),
    Door("POST",   "/convenio/{link}",                                  PUBLIC,                   FORM_WITH_FILES, "web.agreement.application:apply_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/entidad/convenio/cambios/{kind}",                  Act.ASK_CHANGES,          NOTHING, "web.agreement.change_asking:show_change"),
    Door("POST",   "/entidad/convenio/cambios/{kind}",                  Act.ASK_CHANGES,          FORM_WITH_FILES, "web.agreement.change_asking:ask_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/plataforma/entidades/{institution_id}/cambios/{kind}", Act.RECORD_CHANGES,   NOTHING, "web.agreement.change_recording:show_change"),
    Door("POST",   "/plataforma/entidades/{institution_id}/cambios/{kind}", Act.RECORD_CHANGES,   FORM_WITH_FILES, "web.agreement.change_recording:record_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/plataforma/cambios/{change_id}",                   Act.SEE_AGREEMENTS,       NOTHING, "web.agreement.change_deciding:show_change"),
    Door("POST",   "/plataforma/cambios/{change_id}",                   Act.CHANGE_AGREEMENTS,    FORM,    "web.agreement.change_deciding:decide_by_form"),
    Door("GET",    "/plataforma/cambios/{change_id}/{document}",        Act.SEE_AGREEMENTS,       NOTHING, "web.agreement.change_deciding:download_document"),
    Door("GET",    "/plataforma/convenios",                             Act.SEE_AGREEMENTS,       NOTHING, "web.agreement.applications:list_applications"),
    Door("GET",    "/plataforma/convenios/{application_id}",            Act.SEE_AGREEMENTS,       NOTHING, "web.agreement.applications:show_application"),
    Door("POST",   "/plataforma/convenios/{application_id}",            Act.CHANGE_AGREEMENTS,    FORM,    "web.agreement.applications:decide_by_form"),
    Door("GET",    "/plataforma/convenios/{application_id}/documento",  Act.SEE_AGREEMENTS,       NOTHING, "web.agreement.applications:download_document"),
    Door("GET",    "/entidad/convenio",                                 Act.SEE_AGREEMENT,        NOTHING, "web.agreement.own_agreement:show_agreement"),
    Door("GET",    "/entidad/convenio/{document_id}",                   Act.SEE_AGREEMENT,        NOTHING, "web.agreement.own_agreement:download_document"),
    Door("GET",    "/plataforma/entidades/{institution_id}/convenio",   Act.SEE_AGREEMENTS,       NOTHING, "web.agreement.agreements:show_agreement"),
    Door("GET",    "/plataforma/entidades/{institution_id}/convenio/{deed}", Act.CHANGE_AGREEMENTS, NOTHING, "web.usage.deeds:show_deed"),
    Door("POST",   "/plataforma/entidades/{institution_id}/convenio/{deed}", Act.CHANGE_AGREEMENTS, FORM_WITH_FILES, "web.usage.deeds:do_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/plataforma/entidades/{institution_id}/convenio/documentos/{document_id}", Act.SEE_AGREEMENTS, NOTHING, "web.agreement.agreements:download_document"),
)
# fmt: on
