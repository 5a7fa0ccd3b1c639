"""The Chalice app: registers what the handlers declare; no logic."""

from chalice.app import Chalice

from chalicelib.handlers.api.captchas import captchas
from chalicelib.handlers.api.deposits import deposits
from chalicelib.handlers.api.exports import exports
from chalicelib.handlers.api.mailboxes import mailboxes
from chalicelib.handlers.api.notice_search import notice_search
from chalicelib.handlers.api.notices import notices
from chalicelib.handlers.api.passwords import passwords
from chalicelib.handlers.api.profile import profile
from chalicelib.handlers.api.registrations import registrations
from chalicelib.handlers.api.sessions import sessions
from chalicelib.handlers.api.uploads import uploads
from chalicelib.handlers.api.users import users
from chalicelib.handlers.http import own_refusals
from chalicelib.handlers.jobs import jobs
from chalicelib.handlers.web.activation import activation_pages
from chalicelib.handlers.web.captcha import captcha_pages
from chalicelib.handlers.web.downloads import download_pages
from chalicelib.handlers.web.entrance import entrance
from chalicelib.handlers.web.information import information
from chalicelib.handlers.web.kept_form import kept_forms
from chalicelib.handlers.web.mail_link import mail_link_pages
from chalicelib.handlers.web.mailbox import mailbox_pages
from chalicelib.handlers.web.missing import missing_pages
from chalicelib.handlers.web.new_user import new_user_pages
from chalicelib.handlers.web.notice import notice_pages
from chalicelib.handlers.web.passwords import password_pages
from chalicelib.handlers.web.profile import profile_pages
from chalicelib.handlers.web.profile_email import profile_email_pages
from chalicelib.handlers.web.registration import registration_pages
from chalicelib.handlers.web.registration_mail import registration_mail_pages
from chalicelib.handlers.web.registration_review import registration_review_pages
from chalicelib.handlers.web.search import search_pages
from chalicelib.handlers.web.static import static
from chalicelib.handlers.web.users import user_pages

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
