"""The Chalice app: registers what the handlers declare; no logic."""

from chalice.app import Chalice

from chalicelib.handlers.api.access.captchas import captchas
from chalicelib.handlers.api.access.passwords import passwords
from chalicelib.handlers.api.access.sessions import sessions
from chalicelib.handlers.api.deposit.deposits import deposits
from chalicelib.handlers.api.deposit.mailboxes import mailboxes
from chalicelib.handlers.api.export.exports import exports
from chalicelib.handlers.api.people.profile import profile
from chalicelib.handlers.api.people.users import users
from chalicelib.handlers.api.reading.notice_search import notice_search
from chalicelib.handlers.api.reading.notices import notices
from chalicelib.handlers.api.registration.registrations import registrations
from chalicelib.handlers.api.upload.uploads import uploads
from chalicelib.handlers.http import own_refusals
from chalicelib.handlers.jobs import jobs
from chalicelib.handlers.web.access.captcha import captcha_pages
from chalicelib.handlers.web.access.entrance import entrance
from chalicelib.handlers.web.access.kept_form import kept_forms
from chalicelib.handlers.web.access.passwords import password_pages
from chalicelib.handlers.web.export.downloads import download_pages
from chalicelib.handlers.web.information import information
from chalicelib.handlers.web.missing import missing_pages
from chalicelib.handlers.web.people.activation import activation_pages
from chalicelib.handlers.web.people.new_user import new_user_pages
from chalicelib.handlers.web.people.profile import profile_pages
from chalicelib.handlers.web.people.profile_email import profile_email_pages
from chalicelib.handlers.web.people.users import user_pages
from chalicelib.handlers.web.reading.mailbox import mailbox_pages
from chalicelib.handlers.web.reading.notice import notice_pages
from chalicelib.handlers.web.reading.search import search_pages
from chalicelib.handlers.web.registration.application import registration_pages
from chalicelib.handlers.web.registration.mail import registration_mail_pages
from chalicelib.handlers.web.registration.mail_link import mail_link_pages
from chalicelib.handlers.web.registration.review import registration_review_pages
from chalicelib.handlers.web.static import static

app = Chalice(app_name="casilla")
app.experimental_feature_flags.add("BLUEPRINTS")
app.register_middleware(own_refusals, "http")
for blueprint in (
    *(captchas, deposits, exports, mailboxes, notice_search, notices, passwords, profile),
    *(sessions, uploads, registrations, users, jobs),
    *(captcha_pages, entrance, kept_forms, password_pages, static),
    *(mailbox_pages, notice_pages, search_pages, download_pages, missing_pages),
    *(information, registration_pages, registration_review_pages, registration_mail_pages, mail_link_pages),
    *(activation_pages, new_user_pages, profile_pages, profile_email_pages, user_pages),
):
    app.register_blueprint(blueprint)
