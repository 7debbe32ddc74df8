"""Builds the Flask application: an office in, pages with security around them out. Opens no socket."""

import functools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import FileSystemLoader
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from inventory.topology import branches
from request_tracker.cases.holidays import with_own_days
from request_tracker.config import signing_key, token
from request_tracker.errors import Refused, TrackerError
from request_tracker.letters.sop_files import VOCABULARY
from request_tracker.people.accounts import name_of
from request_tracker.people.roles import ROLE_NAMES, may
from request_tracker.sop import register
from request_tracker.web.accounts import contacts, first_run, login, messages, role_list, single_sign_on, staff
from request_tracker.web.api import calls
from request_tracker.web.audit import audit_page, evaluation, exports
from request_tracker.web.cases import (
    agenda,
    batch_signing,
    case_pages,
    comments,
    counter,
    papers,
    pauses,
    registration,
    relations,
    revisions,
    steering,
)
from request_tracker.web.network import acknowledge_link, availability, demand, hosts, maintenance, noc, outages, wall
from request_tracker.web.public import front, own_papers, reports, requester_page, service_page, sops, survey_page
from request_tracker.web.shell import formats, language
from request_tracker.web.shell.access import login_manager, me, refused
from request_tracker.web.shell.context import OfficeDesk
from request_tracker.web.shell.language import chosen, switch
from request_tracker.web.shell.limits import SCHEME, file_beside
from request_tracker.web.shell.menu import menu_for
from request_tracker.web.shell.sending import guard, send_once
from request_tracker.words.labels import phrase
from runtime.secrets import MAKE

PARTS = (
    language,
    front,
    requester_page,
    own_papers,
    service_page,
    role_list,
    sops,
    reports,
    survey_page,
    first_run,
    staff,
    agenda,
    login,
    counter,
    case_pages,
    batch_signing,
    comments,
    relations,
    registration,
    steering,
    papers,
    revisions,
    pauses,
    outages,
    acknowledge_link,
    noc,
    hosts,
    maintenance,
    messages,
    contacts,
    audit_page,
    evaluation,
    availability,
    exports,
    demand,
    wall,
)
MAX_REQUEST_BYTES = 12 * 2**20
TOLD = (403, 404, 405, 413, 429)
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(office: OfficeDesk, testing: bool = False) -> Flask:
    """The application of one office. ``testing`` switches rate limits off, nothing else."""
    app = Flask(__name__, static_folder="static")
    app.jinja_loader = FileSystemLoader(sorted(Path(__file__).parent.glob("**/templates")))  # A name is found in any.
    app.config.update(
        SECRET_KEY=signing_key(office.config.secret_key) if office.config.secret_key else None,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=office.config.public_url.startswith("https://"),
        RATELIMIT_ENABLED=not testing,
        WTF_CSRF_TIME_LIMIT=None,
        # Our pages send no Referer (a secret link stands in their address), so over HTTPS none can be asked for.
        WTF_CSRF_SSL_STRICT=False,
    )
    if not app.config["SECRET_KEY"]:
        raise TrackerError(f"secret_key: is missing; name file:/etc/lebarpita/secret-key and fill that with {MAKE}")
    if office.config.webhook_secret:
        token(office.config.webhook_secret)
    if office.config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=office.config.proxies, x_proto=office.config.proxies)  # type: ignore[method-assign]  # Flask's own way
    if office.config.public_url.startswith("https://"):
        app.extensions["headers"] = {**_HEADERS, "Strict-Transport-Security": "max-age=31536000"}
    app.extensions["bare_desk"] = office.desk
    app.extensions["office"] = replace(office, desk=with_own_days(office.desk))
    login_manager().init_app(app)
    csrf = CSRFProtect(app)
    limiter = _limiter(app, office)
    for part in PARTS:
        app.register_blueprint(part.pages)
    app.register_blueprint(calls.calls)
    if office.config.oidc:
        limiter.limit("30/minute")(single_sign_on.pages)
        single_sign_on.attach(app, office.config.oidc, office.config.public_url)
    csrf.exempt(calls.calls)
    send_once(app)
    limiter.limit("20/minute;200/hour", methods=["POST"])(login.pages)
    limiter.limit("20/minute;200/hour", methods=["POST"])(first_run.pages)
    for part in (front, requester_page, reports, survey_page, acknowledge_link):
        limiter.limit("30/minute", methods=["POST"])(part.pages)
    app.jinja_env.filters["from_json"] = json.loads
    app.jinja_env.filters["qr"] = formats.qr
    app.jinja_env.filters["begin"] = formats.begin
    _surroundings(app, office)
    _failures(app)
    return app


def prepare(app: Flask) -> None:
    """Compile every template and read every SOP now, or the first people after a start wait for all of it at once."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    register.read_all(app.extensions["office"].desk.store, VOCABULARY)


def _limiter(app: Flask, office: OfficeDesk) -> Limiter:
    """Limits that every worker shares; each counts for itself only while the file of hits cannot be written."""
    return Limiter(
        get_remote_address,
        app=app,
        storage_uri=f"{SCHEME}://",
        storage_options={"path": str(file_beside(office.config.database))},
        strategy="moving-window",
        in_memory_fallback_enabled=True,
    )


def _surroundings(app: Flask, office: OfficeDesk) -> None:
    zone = office.desk.calendar.zone
    names = {opd.code: opd.name for opd in office.desk.city.opds}
    places = {branch.name: branch for branch in branches(office.desk.city)}

    @app.after_request
    def _secure(response: Response) -> Response:
        for header, value in app.extensions.get("headers", _HEADERS).items():
            response.headers.setdefault(header, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.context_processor
    def _words() -> dict[str, Any]:
        language = chosen()
        roles = me().who.held if current_user.is_authenticated else frozenset()
        return {
            "guard": guard,
            "t": lambda indonesian, english: english if language == "en" else indonesian,
            "language": language,
            "switch": switch,
            "office": office.config.office,
            "provider_name": office.config.oidc.name if office.config.oidc else None,
            "office_url": office.config.public_url.rstrip("/"),
            "city": office.desk.city.city,
            "person": current_user.person if current_user.is_authenticated else None,
            "may": lambda act: may(roles, act),
            "menu": lambda: menu_for(lambda act: may(roles, act), current_user.is_authenticated),
            "role_names": {role: name.said(language) for role, name in ROLE_NAMES.items()},
            "moment": lambda value: formats.moment(value, zone, language),
            "clock": lambda value: formats.clock(value, zone, language),
            "day": lambda value: formats.day(value, language),
            "rate": lambda value: formats.rate(value, language),
            "size": lambda amount: formats.size(amount, language),
            "span": lambda seconds, working=False: formats.span(seconds, language, working),
            "standard": lambda time: formats.standard(time, language),
            "percent": formats.percent,
            "opd_name": lambda code: names.get(code, code or "–"),
            "person_name": functools.cache(lambda reference: name_of(office.desk.store, reference)),
            "place": places.get,
            "word": lambda key: phrase(key).said(language),
        }


def _failures(app: Flask) -> None:
    def page(status: int, error: TrackerError) -> tuple[str, int] | Response:
        if request.path.startswith("/api/"):
            return refused(status, str(error))
        told = error if isinstance(error, Refused) else Refused("for_the_administrator", told=str(error))
        return render_template("failure.html", status=status, sentence=told.text(chosen())), status

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> tuple[str, int] | Response:
        return page(error.status, error)

    @app.errorhandler(TrackerError)
    def _wrong(error: TrackerError) -> tuple[str, int] | Response:
        return page(400, error)

    @app.errorhandler(CSRFError)
    def _stale(_: CSRFError) -> tuple[str, int] | Response:
        return page(400, Refused("page_stale"))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[str, int] | Response:
        status = error.code or 500
        return page(status, Refused(f"page_{status}" if status in TOLD else "page_other"))

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> tuple[str, int] | Response:
        app.logger.exception("event=page_failed path=%s", request.path, exc_info=error)
        return page(503, Refused("page_broken"))
