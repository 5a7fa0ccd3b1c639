"""The map of doors: every address of the service, who may enter by it, what it takes, and the function behind it.

This is the whole surface. Where GET is let in, HEAD is too: it does what GET does, and is told everything but the body.
Whatever leads nowhere does so by every method, and any other method of an address that is here is refused.

Nothing of a door is loaded before its first call: then its function's module, and what lets
its kind of visitor in. A door of `api` answers JSON, one of `web` a page.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from chalice.app import Chalice, Request, Response

from chalicelib.handlers.collector import resume_collector
from chalicelib.handlers.console_doors import CONSOLE_DOORS
from chalicelib.handlers.door import (
    FORM,
    FORM_WITH_FILES,
    JSON,
    LARGEST_DEPOSIT,
    LARGEST_FORM_WITH_FILE,
    MAILBOX,
    NOTHING,
    NOWHERE,
    PUBLIC,
    SESSION,
    SIGNED,
    STAFF,
    Door,
)
from chalicelib.handlers.fault import out_of_order

# fmt: off
DOORS = (
    # What institutions' systems ask, signed
    Door("POST",   "/v1/deposits",                                     SIGNED,  JSON,    "api.filing.deposits:create_deposit", LARGEST_DEPOSIT),
    Door("GET",    "/v1/deposits",                                     SIGNED,  NOTHING, "api.deposit.own_deposits:list_own"),
    Door("GET",    "/v1/deposits/{notice_id}",                         SIGNED,  NOTHING, "api.deposit.own_deposits:show_deposit"),
    Door("GET",    "/v1/deposits/{notice_id}/receipt",                 SIGNED,  NOTHING, "api.deposit.own_deposits:show_receipt"),
    Door("GET",    "/v1/deposits/{notice_id}/status",                  SIGNED,  NOTHING, "api.deposit.own_deposits:show_status"),
    Door("GET",    "/v1/mailboxes/{mailbox_id}",                       SIGNED,  NOTHING, "api.deposit.mailboxes:show_mailbox"),
    Door("POST",   "/v1/uploads",                                      SIGNED,  JSON,    "api.upload.uploads:create_upload"),
    Door("GET",    "/v1/uploads/{upload_id}",                          SIGNED,  NOTHING, "api.upload.uploads:show_upload"),
    Door("POST",   "/v1/file-checks",                                  SIGNED,  JSON,    "api.upload.file_checks:create_file_check", LARGEST_DEPOSIT),
    Door("GET",    "/v1/file-checks/{check_id}",                       SIGNED,  NOTHING, "api.upload.file_checks:show_file_check"),
    Door("GET",    "/v1/filings",                                      SIGNED,  NOTHING, "api.filing.filings:list_filings"),
    Door("GET",    "/v1/filings/{filing_id}",                          SIGNED,  NOTHING, "api.filing.filings:show_filing"),
    Door("GET",    "/v1/filings/{filing_id}/{part}",                   SIGNED,  NOTHING, "api.filing.filings:show_file"),
    Door("POST",   "/v1/filings/{filing_id}/{part}",                   SIGNED,  JSON,    "api.filing.filings:do_deed"),
    # The people's API: ways in and out
    Door("POST",   "/v1/captchas",                                     PUBLIC,  JSON,    "api.access.captchas:create_captcha"),
    Door("GET",    "/v1/captchas/{captcha_id}/audio",                  PUBLIC,  NOTHING, "api.access.captchas:hear_captcha"),
    Door("POST",   "/v1/login-codes",                                  PUBLIC,  JSON,    "api.access.sessions:create_login_code"),
    Door("POST",   "/v1/sessions",                                     PUBLIC,  JSON,    "api.access.sessions:create_session"),
    Door("GET",    "/v1/sessions",                                     SESSION, NOTHING, "api.access.sessions:list_sessions"),
    Door("DELETE", "/v1/sessions",                                     MAILBOX, NOTHING, "api.access.sessions:end_others"),
    Door("GET",    "/v1/sessions/current",                             SESSION, NOTHING, "api.access.sessions:show_session"),
    Door("DELETE", "/v1/sessions/current",                             SESSION, NOTHING, "api.access.sessions:log_out"),
    Door("DELETE", "/v1/sessions/{session_id}",                        MAILBOX, NOTHING, "api.access.sessions:end_other_session"),
    Door("POST",   "/v1/sessions/current/validation",                  SESSION, JSON,    "api.access.sessions:create_validation"),
    Door("GET",    "/v1/acceptances",                                  SESSION, NOTHING, "api.access.acceptances:show_due"),
    Door("POST",   "/v1/acceptances",                                  SESSION, JSON,    "api.access.acceptances:create"),
    Door("POST",   "/v1/passwords",                                    SESSION, JSON,    "api.access.passwords:create_password"),
    Door("POST",   "/v1/password-resets",                              PUBLIC,  JSON,    "api.access.passwords:create_password_reset"),
    Door("POST",   "/v1/password-resets/{link}",                       PUBLIC,  JSON,    "api.access.passwords:use_password_reset"),
    # The people's API: registration
    Door("POST",   "/v1/registrations",                                PUBLIC,  JSON,    "api.registration.registrations:create_registration"),
    Door("GET",    "/v1/registrations/{registration_id}",              PUBLIC,  NOTHING, "api.registration.registrations:show_registration"),
    Door("POST",   "/v1/registrations/{registration_id}/verification", PUBLIC,  JSON,    "api.registration.registrations:verify_registration"),
    Door("POST",   "/v1/registrations/{registration_id}/codes",        PUBLIC,  JSON,    "api.registration.registrations:resend_code"),
    Door("POST",   "/v1/registrations/{registration_id}/email",        PUBLIC,  JSON,    "api.registration.registrations:change_email"),
    Door("POST",   "/v1/representative",                               MAILBOX, JSON,    "api.registration.representative:name_representative"),
    # The people's API: the mailbox, and files put together of it
    Door("GET",    "/v1/notices",                                      MAILBOX, NOTHING, "api.reading.notices:list_mailbox"),
    Door("GET",    "/v1/notices/{notice_id}",                          MAILBOX, NOTHING, "api.reading.notices:show_notice"),
    Door("POST",   "/v1/notices/{notice_id}/opening",                  MAILBOX, JSON,    "api.reading.notices:create_opening"),
    Door("GET",    "/v1/notices/{notice_id}/files/{name}",             MAILBOX, NOTHING, "api.reading.notices:show_file"),
    Door("GET",    "/v1/notices/search",                               MAILBOX, NOTHING, "api.reading.notice_search:search_mailbox"),
    Door("POST",   "/v1/exports",                                      MAILBOX, JSON,    "api.export.exports:create_export"),
    Door("GET",    "/v1/exports/{export_id}",                          MAILBOX, NOTHING, "api.export.exports:show_export"),
    # The people's API: users and their own data
    Door("GET",    "/v1/profile",                                      MAILBOX, NOTHING, "api.people.profile:show"),
    Door("POST",   "/v1/profile",                                      MAILBOX, JSON,    "api.people.profile:change"),
    Door("POST",   "/v1/profile/email",                                MAILBOX, JSON,    "api.people.profile:request_email"),
    Door("POST",   "/v1/profile/email/verification",                   MAILBOX, JSON,    "api.people.profile:verify_email"),
    Door("POST",   "/v1/profile/addresses/{channel}/codes",            MAILBOX, JSON,    "api.people.addresses:create_code"),
    Door("POST",   "/v1/profile/addresses/{channel}/verification",     MAILBOX, JSON,    "api.people.addresses:verify"),
    Door("GET",    "/v1/consent",                                      MAILBOX, NOTHING, "api.people.consent:show"),
    Door("POST",   "/v1/consent",                                      MAILBOX, JSON,    "api.people.consent:change"),
    Door("GET",    "/v1/own-data",                                     MAILBOX, NOTHING, "api.people.own_data:show"),
    Door("GET",    "/v1/data-requests",                                MAILBOX, NOTHING, "api.people.own_data:list_requests"),
    Door("POST",   "/v1/data-requests",                                MAILBOX, JSON,    "api.people.own_data:create_request"),
    Door("POST",   "/v1/data-requests/{reference}/withdrawal",         MAILBOX, JSON,    "api.people.own_data:withdraw"),
    Door("POST",   "/v1/reopening",                                    MAILBOX, JSON,    "api.people.own_data:reopen"),
    Door("GET",    "/v1/users",                                        MAILBOX, NOTHING, "api.people.users:show_users"),
    Door("POST",   "/v1/users",                                        MAILBOX, JSON,    "api.people.users:create_user"),
    Door("POST",   "/v1/users/{user_id}/disabling",                    MAILBOX, JSON,    "api.people.users:disable"),
    Door("POST",   "/v1/users/{user_id}/enabling",                     MAILBOX, JSON,    "api.people.users:enable"),
    Door("POST",   "/v1/users/{user_id}/removal",                      MAILBOX, JSON,    "api.people.users:remove"),
    Door("POST",   "/v1/users/{user_id}/hand-over",                    MAILBOX, JSON,    "api.people.hand_over:offer"),
    Door("GET",    "/v1/hand-over",                                    MAILBOX, NOTHING, "api.people.hand_over:show"),
    Door("POST",   "/v1/hand-over",                                    MAILBOX, JSON,    "api.people.hand_over:answer"),
    Door("POST",   "/v1/users/{user_id}/activation-mail",              MAILBOX, JSON,    "api.people.users:send_activation_mail"),
    Door("POST",   "/v1/activations/{link}",                           PUBLIC,  JSON,    "api.people.users:activate"),
    # Pages anyone can read
    Door("GET",    "/",                                                PUBLIC,  NOTHING, "web.information:show_home"),
    Door("GET",    "/normativas",                                      PUBLIC,  NOTHING, "web.information:show_norms"),
    Door("GET",    "/entidad/preguntas",                               PUBLIC,  NOTHING, "web.information:show_institution_questions"),
    Door("GET",    "/preguntas-frecuentes",                            PUBLIC,  NOTHING, "web.information:show_questions"),
    Door("GET",    "/interrupciones",                                  PUBLIC,  NOTHING, "web.outage.outages:show_outages"),
    Door("GET",    "/terminos",                                        PUBLIC,  NOTHING, "web.legal_texts:show_terms"),
    Door("GET",    "/privacidad",                                      PUBLIC,  NOTHING, "web.legal_texts:show_privacy"),
    Door("GET",    "/.well-known/security.txt",                        PUBLIC,  NOTHING, "web.security_txt:show_security_txt"),
    Door("GET",    "/static/{name}",                                   PUBLIC,  NOTHING, "web.static:show_static_file"),
    Door("GET",    "/tramites",                                        PUBLIC,  NOTHING, "web.filing.catalogue:show_catalogue"),
    Door("GET",    "/tramites/{institution_id}",                       PUBLIC,  NOTHING, "web.filing.catalogue:show_institution"),
    Door("GET",    "/tramites/{institution_id}/{procedure_id}",        PUBLIC,  NOTHING, "web.filing.catalogue:show_procedure"),
    Door("GET",    "/revisar-archivo",                                 PUBLIC,  NOTHING, "web.file_check:show_file_check"),
    Door("POST",   "/revisar-archivo",                                 PUBLIC,  FORM_WITH_FILES, "web.file_check:check_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/revisar-archivo/grande",                          PUBLIC,  NOTHING, "web.file_check:show_large_file_check"),
    Door("POST",   "/revisar-archivo/grande",                          PUBLIC,  FORM,    "web.file_check:grant_by_form"),
    Door("GET",    "/revisar-archivo/{check_id}",                      PUBLIC,  NOTHING, "web.file_check:show_large_verdict"),
    Door("GET",    "/verificar",                                       PUBLIC,  NOTHING, "web.evidence.verification:show_verification"),
    Door("POST",   "/verificar",                                       PUBLIC,  FORM_WITH_FILES, "web.evidence.verification:verify_by_form", LARGEST_DEPOSIT),
    Door("GET",    "/verificar/{code}",                                PUBLIC,  NOTHING, "web.evidence.verification:show_receipt"),
    # Pages: a change that somebody else made
    Door("GET",    "/no-fui-yo",                                       PUBLIC,  NOTHING, "web.access.contest:show_contest_form"),
    Door("POST",   "/no-fui-yo",                                       PUBLIC,  FORM,    "web.access.contest:find_by_code"),
    Door("GET",    "/no-fui-yo/{token}",                               PUBLIC,  NOTHING, "web.access.contest:show_change"),
    Door("POST",   "/no-fui-yo/{token}",                               PUBLIC,  FORM,    "web.access.contest:freeze_by_button"),
    Door("POST",   "/no-fui-yo/{token}/fui-yo",                        PUBLIC,  FORM,    "web.access.contest:confirm_by_button"),
    # Buttons' addresses, opened by hand: each leads to the page that its button stands on
    Door("GET",    "/activar/{link}/otro",                             PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/borrador/descartar",                              PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/casilla/exportar",                                PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/casilla/{notice_id}/anexos",                      PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/casilla/{notice_id}/pruebas",                     PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/no-fui-yo/{token}/fui-yo",                        PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/ingresar/identidad",                              PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/mis-datos/copia",                                 PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/mis-datos/solicitudes/{reference}/retirar",       PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/perfil/accesos/cerrar",                           PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/perfil/accesos/{session_id}/cerrar",              PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/perfil/correo/codigo/reenviar",                   PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/recuperar/{link}/otro",                           PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/registro/correo/{registration_id}/reenviar",      PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/registro/identidad",                              PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/salir",                                           PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/usuarios/{user_id}/habilitar",                    PUBLIC,  NOTHING, "web.missing:lead_back"),
    Door("GET",    "/verificar-correo/{token}/reenviar",               PUBLIC,  NOTHING, "web.missing:lead_back"),
    # Pages: ways in and out
    Door("GET",    "/captchas/{captcha_id}/audio",                     PUBLIC,  NOTHING, "web.access.captcha:show_captcha_audio"),
    Door("GET",    "/ingresar",                                        PUBLIC,  NOTHING, "web.access.login_form:show_login"),
    Door("POST",   "/ingresar",                                        PUBLIC,  FORM,    "web.access.entrance:log_in_by_form"),
    Door("GET",    "/ingresar/codigo",                                 PUBLIC,  NOTHING, "web.access.login_form:show_code_request"),
    Door("POST",   "/ingresar/codigo",                                 PUBLIC,  FORM,    "web.access.entrance:send_login_code"),
    Door("POST",   "/ingresar/identidad",                              PUBLIC,  FORM,    "web.access.identification:begin_by_button"),
    Door("GET",    "/ingresar/identidad/respuesta",                    PUBLIC,  NOTHING, "web.access.identification:take_answer"),
    Door("GET",    "/ingresar/identidad/casillas",                     PUBLIC,  NOTHING, "web.access.identification:show_entries"),
    Door("POST",   "/ingresar/identidad/casillas",                     PUBLIC,  FORM,    "web.access.identification:enter_by_button"),
    Door("POST",   "/salir",                                           SESSION, FORM,    "web.access.entrance:log_out_by_form"),
    Door("GET",    "/validar",                                         SESSION, NOTHING, "web.access.entrance:show_validation"),
    Door("POST",   "/validar",                                         SESSION, FORM,    "web.access.entrance:validate_by_form"),
    Door("GET",    "/borrador",                                        MAILBOX, NOTHING, "web.access.kept_form:show_kept_form"),
    Door("POST",   "/borrador/descartar",                              MAILBOX, FORM,    "web.access.kept_form:discard_kept_form"),
    Door("GET",    "/textos",                                          SESSION, NOTHING, "web.access.texts:show_texts"),
    Door("POST",   "/textos",                                          SESSION, FORM,    "web.access.texts:accept_by_form"),
    Door("GET",    "/clave",                                           SESSION, NOTHING, "web.access.passwords:show_password_change"),
    Door("POST",   "/clave",                                           SESSION, FORM,    "web.access.passwords:change_password_by_form"),
    Door("GET",    "/clave/cambiada",                                  SESSION, NOTHING, "web.access.passwords:show_password_changed"),
    Door("GET",    "/olvide-mi-clave",                                 PUBLIC,  NOTHING, "web.access.passwords:show_reset_request"),
    Door("POST",   "/olvide-mi-clave",                                 PUBLIC,  FORM,    "web.access.passwords:request_reset_by_form"),
    Door("GET",    "/recuperar/{link}",                                PUBLIC,  NOTHING, "web.access.passwords:show_reset"),
    Door("POST",   "/recuperar/{link}",                                PUBLIC,  FORM,    "web.access.passwords:reset_by_form"),
    Door("POST",   "/recuperar/{link}/otro",                           PUBLIC,  FORM,    "web.access.passwords:renew_reset"),
    # Pages: registration, step by step
    Door("GET",    "/registro",                                        PUBLIC,  NOTHING, "web.registration.application:begin_registration"),
    Door("GET",    "/registro/solicitud",                              PUBLIC,  NOTHING, "web.desk.application_form:download_form"),
    Door("POST",   "/registro/identidad",                              PUBLIC,  FORM,    "web.registration.identity:begin_identified"),
    Door("GET",    "/registro/terminos",                               PUBLIC,  NOTHING, "web.registration.application:show_terms_step"),
    Door("POST",   "/registro/terminos",                               PUBLIC,  FORM,    "web.registration.application:accept_terms"),
    Door("GET",    "/registro/privacidad",                             PUBLIC,  NOTHING, "web.registration.application:show_privacy_step"),
    Door("POST",   "/registro/privacidad",                             PUBLIC,  FORM,    "web.registration.application:accept_privacy"),
    Door("GET",    "/registro/tipo",                                   PUBLIC,  NOTHING, "web.registration.application:show_person_types"),
    Door("POST",   "/registro/tipo",                                   PUBLIC,  FORM,    "web.registration.application:choose_person_type"),
    Door("GET",    "/registro/persona-natural",                        PUBLIC,  NOTHING, "web.registration.application:show_person_form"),
    Door("POST",   "/registro/persona-natural",                        PUBLIC,  FORM,    "web.registration.application:take_person"),
    Door("GET",    "/registro/persona-juridica",                       PUBLIC,  NOTHING, "web.registration.application:show_company_form"),
    Door("POST",   "/registro/persona-juridica",                       PUBLIC,  FORM,    "web.registration.application:take_company"),
    Door("GET",    "/registro/revisar",                                PUBLIC,  NOTHING, "web.registration.review:show_review"),
    Door("POST",   "/registro/revisar",                                PUBLIC,  FORM,    "web.registration.review:register_by_form"),
    Door("GET",    "/registro/correo/{registration_id}",               PUBLIC,  NOTHING, "web.registration.mail:show_registration_state"),
    Door("POST",   "/registro/correo/{registration_id}",               PUBLIC,  FORM,    "web.registration.mail:verify_by_typed_code"),
    Door("POST",   "/registro/correo/{registration_id}/reenviar",      PUBLIC,  FORM,    "web.registration.mail:resend_by_button"),
    Door("GET",    "/registro/correo/{registration_id}/cambiar",       PUBLIC,  NOTHING, "web.registration.mail:show_address_change"),
    Door("POST",   "/registro/correo/{registration_id}/cambiar",       PUBLIC,  FORM,    "web.registration.mail:change_address_by_form"),
    Door("GET",    "/verificar-correo/{token}",                        PUBLIC,  NOTHING, "web.registration.mail_link:show_mail_link"),
    Door("POST",   "/verificar-correo/{token}",                        PUBLIC,  FORM,    "web.registration.mail_link:verify_by_button"),
    Door("POST",   "/verificar-correo/{token}/reenviar",               PUBLIC,  FORM,    "web.registration.mail_link:resend_by_link"),
    Door("GET",    "/representante",                                   MAILBOX, NOTHING, "web.registration.representative:show_representative"),
    Door("POST",   "/representante",                                   MAILBOX, FORM,    "web.registration.representative:name_by_form"),
    # Pages: the mailbox, and files put together of it
    Door("GET",    "/casilla",                                         MAILBOX, NOTHING, "web.reading.mailbox:show_mailbox"),
    Door("GET",    "/casilla/buscar",                                  MAILBOX, NOTHING, "web.reading.search:show_search"),
    Door("GET",    "/casilla/{notice_id}",                             MAILBOX, NOTHING, "web.reading.notice:show_notice_page"),
    Door("POST",   "/casilla/{notice_id}",                             MAILBOX, FORM,    "web.reading.notice:open_by_form"),
    Door("GET",    "/casilla/{notice_id}/documentos/{name}",           MAILBOX, NOTHING, "web.reading.notice:download_document"),
    Door("GET",    "/casilla/{notice_id}/constancia",                  MAILBOX, NOTHING, "web.reading.notice:download_receipt"),
    Door("POST",   "/casilla/exportar",                                MAILBOX, FORM,    "web.export.downloads:export_list"),
    Door("POST",   "/casilla/{notice_id}/anexos",                      MAILBOX, FORM,    "web.export.downloads:export_annexes"),
    Door("POST",   "/casilla/{notice_id}/pruebas",                     MAILBOX, FORM,    "web.export.downloads:export_evidence"),
    Door("GET",    "/casilla/copia",                                   MAILBOX, NOTHING, "web.export.downloads:show_copy"),
    Door("POST",   "/casilla/copia",                                   MAILBOX, FORM,    "web.export.downloads:export_mailbox"),
    Door("GET",    "/descargas/{export_id}",                           MAILBOX, NOTHING, "web.export.downloads:show_download"),
    Door("GET",    "/descargas/{export_id}/archivo",                   MAILBOX, NOTHING, "web.export.downloads:fetch_download"),
    # Pages: what people file with institutions
    Door("GET",    "/presentar",                                       MAILBOX, NOTHING, "web.filing.drafts:show_drafts"),
    Door("POST",   "/presentar",                                       MAILBOX, FORM,    "web.filing.drafts:begin_by_form"),
    Door("GET",    "/presentar/{draft_id}",                            MAILBOX, NOTHING, "web.filing.draft_check:show_check"),
    Door("POST",   "/presentar/{draft_id}",                            MAILBOX, FORM_WITH_FILES, "web.filing.draft_files:attach_by_form", LARGEST_FORM_WITH_FILE),
    Door("GET",    "/presentar/{draft_id}/{step}",                     MAILBOX, NOTHING, "web.filing.draft_steps:show_step"),
    Door("POST",   "/presentar/{draft_id}/{step}",                     MAILBOX, FORM,    "web.filing.draft_steps:do_step_by_form"),
    Door("GET",    "/mis-tramites",                                    MAILBOX, NOTHING, "web.filing.own_filings:show_filings"),
    Door("GET",    "/mis-tramites/{filing_id}",                        MAILBOX, NOTHING, "web.filing.own_filings:show_filing"),
    Door("GET",    "/mis-tramites/{filing_id}/{deed}",                 MAILBOX, NOTHING, "web.filing.own_deeds:show_deed"),
    Door("POST",   "/mis-tramites/{filing_id}/{deed}",                 MAILBOX, FORM,    "web.filing.own_deeds:do_deed_by_form"),
    # Pages: users and their own data
    Door("GET",    "/usuarios",                                        MAILBOX, NOTHING, "web.people.users:show_users"),
    Door("GET",    "/usuarios/agregar",                                MAILBOX, NOTHING, "web.people.new_user:show_new_user"),
    Door("POST",   "/usuarios/agregar",                                MAILBOX, FORM,    "web.people.new_user:add_user_by_form"),
    Door("GET",    "/usuarios/{user_id}/deshabilitar",                 MAILBOX, NOTHING, "web.people.users:show_disabling"),
    Door("POST",   "/usuarios/{user_id}/deshabilitar",                 MAILBOX, FORM,    "web.people.users:disable_by_button"),
    Door("POST",   "/usuarios/{user_id}/habilitar",                    MAILBOX, FORM,    "web.people.users:enable_by_button"),
    Door("GET",    "/usuarios/{user_id}/quitar",                       MAILBOX, NOTHING, "web.people.users:show_removal"),
    Door("POST",   "/usuarios/{user_id}/quitar",                       MAILBOX, FORM,    "web.people.users:remove_by_button"),
    Door("GET",    "/usuarios/{user_id}/traspasar",                    MAILBOX, NOTHING, "web.people.hand_over:show_offering"),
    Door("POST",   "/usuarios/{user_id}/traspasar",                    MAILBOX, FORM,    "web.people.hand_over:offer_by_form"),
    Door("GET",    "/traspaso",                                        MAILBOX, NOTHING, "web.people.hand_over:show_offer"),
    Door("POST",   "/traspaso",                                        MAILBOX, FORM,    "web.people.hand_over:answer_by_button"),
    Door("GET",    "/usuarios/{user_id}/activacion",                   MAILBOX, NOTHING, "web.people.users:show_activation_mail"),
    Door("POST",   "/usuarios/{user_id}/activacion",                   MAILBOX, FORM,    "web.people.users:send_activation_by_button"),
    Door("GET",    "/activar/{link}",                                  PUBLIC,  NOTHING, "web.people.activation:show_activation"),
    Door("POST",   "/activar/{link}",                                  PUBLIC,  FORM,    "web.people.activation:activate_by_form"),
    Door("POST",   "/activar/{link}/otro",                             PUBLIC,  FORM,    "web.people.activation:renew_activation"),
    Door("GET",    "/perfil",                                          MAILBOX, NOTHING, "web.people.profile:show_own_profile"),
    Door("GET",    "/perfil/avisos/{channel}",                         MAILBOX, NOTHING, "web.people.own_address:show_address"),
    Door("POST",   "/perfil/avisos/{channel}",                         MAILBOX, FORM,    "web.people.own_address:send_or_verify_by_form"),
    Door("GET",    "/perfil/celular",                                  MAILBOX, NOTHING, "web.people.profile:show_mobile"),
    Door("POST",   "/perfil/celular",                                  MAILBOX, FORM,    "web.people.profile:change_mobile_by_form"),
    Door("POST",   "/perfil/accesos/{session_id}/cerrar",              MAILBOX, FORM,    "web.people.profile:end_access_by_button"),
    Door("POST",   "/perfil/accesos/cerrar",                           MAILBOX, FORM,    "web.people.profile:end_other_accesses_by_button"),
    Door("GET",    "/perfil/consentimiento",                           MAILBOX, NOTHING, "web.people.consent:show_consent"),
    Door("POST",   "/perfil/consentimiento",                           MAILBOX, FORM,    "web.people.consent:change_by_form"),
    Door("GET",    "/perfil/consultas",                                MAILBOX, NOTHING, "web.audit.own_looks:show_own_looks"),
    Door("GET",    "/perfil/correo",                                   MAILBOX, NOTHING, "web.people.profile_email:show_email"),
    Door("POST",   "/perfil/correo",                                   MAILBOX, FORM,    "web.people.profile_email:request_email_by_form"),
    Door("GET",    "/perfil/correo/codigo",                            MAILBOX, NOTHING, "web.people.profile_email:show_email_code"),
    Door("POST",   "/perfil/correo/codigo",                            MAILBOX, FORM,    "web.people.profile_email:verify_email_by_code"),
    Door("POST",   "/perfil/correo/codigo/reenviar",                   MAILBOX, FORM,    "web.people.profile_email:resend_email_code"),
    Door("GET",    "/mis-datos",                                       MAILBOX, NOTHING, "web.people.own_data:show_own_data"),
    Door("POST",   "/mis-datos/copia",                                 MAILBOX, FORM,    "web.people.own_data:download_copy"),
    Door("GET",    "/mis-datos/pedir/{kind}",                          MAILBOX, NOTHING, "web.people.data_requests:show_wish"),
    Door("POST",   "/mis-datos/pedir/{kind}",                          MAILBOX, FORM,    "web.people.data_requests:ask_by_form"),
    Door("GET",    "/mis-datos/solicitudes/{reference}",               MAILBOX, NOTHING, "web.people.data_requests:show_request"),
    Door("POST",   "/mis-datos/solicitudes/{reference}/retirar",       MAILBOX, FORM,    "web.people.data_requests:withdraw_by_button"),
    Door("GET",    "/mis-datos/abrir",                                 MAILBOX, NOTHING, "web.people.data_requests:show_reopening"),
    Door("POST",   "/mis-datos/abrir",                                 MAILBOX, FORM,    "web.people.data_requests:reopen_by_form"),
    # The console of the staff
    *CONSOLE_DOORS,
    # Addresses that lead nowhere, as deep as any page; the gateway answers what is deeper
    *(Door("GET", path, PUBLIC, NOTHING, NOWHERE) for path in ("/{page}", "/{page}/{second}", "/{page}/{second}/{third}", "/{page}/{second}/{third}/{fourth}", "/{page}/{second}/{third}/{fourth}/{fifth}", "/{page}/{second}/{third}/{fourth}/{fifth}/{sixth}")),
)
# fmt: on

_ANSWERING = {"api": "http:answer", "web": "page:answer"}
"""What leads a request to a door's function, and its answer or refusal back."""
_GUARDS = {"api": "admission:by_token", "web": "web.session_page:by_cookie"}
"""What lets in who has a session, for `SESSION` and `MAILBOX`."""
_STAFF_GUARD = "web.institution.staff_page:by_staff_cookie"
_REFUSING = {"api": "http:own_refusal", "web": "page:own_refusal"}
"""What says in our own words what chalice refuses by itself."""
_KINDS = {door.path: door.kind for door in DOORS}


def register(app: Chalice, door: Door) -> None:
    """Have chalice lead a door's requests to it."""

    def enter(**parameters: str) -> Response:
        try:
            response: Response = find(_ANSWERING[door.kind])(door, app.current_request, parameters)
        except Exception as error:  # noqa: BLE001 - what should have told it could not even be loaded
            response = out_of_order(error, door.kind, door.path, app.current_request)
        finally:
            resume_collector()
        return response

    bodies = [] if door.target == NOWHERE else door.bodies or JSON  # nowhere is nowhere, whatever was sent there
    app.route(door.path, methods=list(door.methods), name=door.target, content_types=bodies)(enter)


def in_own_words(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Have what chalice refuses by itself, before any door, told in the shape of all other errors."""
    response = get_response(request)
    if response.status_code in {405, 415} and "X-Correlation-Id" not in response.headers:
        allowed = {name: value for name, value in response.headers.items() if name == "Allow"}
        path = str(request.path)
        kind = _KINDS[path]
        try:
            response = find(_REFUSING[kind])(request, response.status_code)
            response.headers.update(allowed)
        except Exception as error:  # noqa: BLE001 - as above
            response = out_of_order(error, kind, path, request)
        finally:
            resume_collector()
    return response


def without_body(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Answer HEAD without a body (RFC 9110, 9.3.2); its length is left out, since the gateway compresses what GET sends."""
    response = get_response(request)
    if request.method == "HEAD":
        response.body = ""
    return response


def view_of(door: Door) -> Callable[..., Response]:
    """Load what is behind a door, guarded as the map says."""
    view = find(door.target)
    if door.access in STAFF:
        guard = _STAFF_GUARD
    elif door.access in {SESSION, MAILBOX}:
        guard = _GUARDS[door.kind]
    else:
        return view
    guarded: Callable[..., Response] = find(guard)(view, door.access)
    return guarded


def find(target: str) -> Callable[..., Any]:
    """Return the function that `module:function` names, below handlers."""
    module, _, name = target.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"chalicelib.handlers.{module}"), name)
    return found
