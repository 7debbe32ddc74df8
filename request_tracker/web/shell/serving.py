"""Makes an application serve pages: an office and the pages of every folder in, guards and surroundings around them.

The order is that of a request: is it too large, who asks, is the form ours, how often, is it sent twice; then the page.
Opens no socket.
"""

from collections.abc import Sequence
from dataclasses import replace

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from request_tracker.cases.holidays import with_own_days
from request_tracker.config import signing_key, token
from request_tracker.errors import TrackerError
from request_tracker.people.roles import ROLES
from request_tracker.store.database import hits_beside
from request_tracker.web.shell.access import login_manager, name_the_acting
from request_tracker.web.shell.compression import compress_pages
from request_tracker.web.shell.context import OfficeDesk
from request_tracker.web.shell.failures import answer_failures
from request_tracker.web.shell.headers import send_headers
from request_tracker.web.shell.limits import SCHEME, FileStorage
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.request_log import log_requests
from request_tracker.web.shell.request_sizes import bound_sizes
from request_tracker.web.shell.sending import send_once
from request_tracker.web.shell.template_words import give_words
from runtime.secrets import MAKE

# Papers of the largest size in one form, with what is typed. A larger file is refused on the form, with what was typed
# still in it; of one above three times the size the server leaves only so much (``server.long_forms``).
PAPERS_AT_ONCE, TYPED_BYTES = 3, 2**20
# Fields and files of a form with files: ours have some dozen, a hostile one has millions.
MAX_FORM_PARTS = 200


def _most_bytes(office: OfficeDesk) -> int:
    return PAPERS_AT_ONCE * office.config.uploads.bytes + TYPED_BYTES


def configure(app: Flask, office: OfficeDesk, testing: bool) -> None:
    """Set what Flask and its extensions read. Raises TrackerError where the office has no secret key."""
    app.config.update(
        SECRET_KEY=signing_key(office.config.secret_key) if office.config.secret_key else None,
        MAX_CONTENT_LENGTH=_most_bytes(office),
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_HTTPONLY=True,
        # Not "Strict": a link in a message of ours opens the case, logged in.
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=_https(office),
        RATELIMIT_ENABLED=not testing,
        # The token lives as long as the session: a form that was filled in over a working day is still ours.
        WTF_CSRF_TIME_LIMIT=None,
        # Our pages send no Referer (a secret link stands in their address), so over HTTPS none can be asked for.
        WTF_CSRF_SSL_STRICT=False,
    )
    if not app.config["SECRET_KEY"]:
        raise TrackerError(f"secret_key: is missing; name file:/etc/lebarpita/secret-key and fill that with {MAKE}")
    unknown = [role for role in office.config.second_factor_for if role not in ROLES]
    if unknown:
        raise TrackerError(f"second_factor_for: {', '.join(unknown)} is not one of {', '.join(ROLES)}")
    # Read once at the start: a secret that cannot be had is told to whoever starts it, not to Alertmanager at night.
    if office.config.webhook_secret:
        token(office.config.webhook_secret)
    if office.config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=office.config.proxies, x_proto=office.config.proxies)  # type: ignore[method-assign]  # Flask's own way
    app.extensions["bare_desk"] = office.desk
    app.extensions["hits"] = FileStorage(path=str(hits_beside(office.config.database)))
    app.extensions["office"] = replace(office, desk=with_own_days(office.desk))


def renew(app: Flask) -> None:
    """Serve the bare desk's city and calendar as they are now; a page under way ends by those it began with."""
    app.extensions["office"] = replace(app.extensions["office"], desk=with_own_days(app.extensions["bare_desk"]))


def serve(app: Flask, office: OfficeDesk, all_pages: Sequence[PageGroup]) -> None:
    """Register the pages that this office has, each with its limits, inside the guards of all."""
    served = [pages for pages in all_pages if pages.conduct.served(office.config)]
    # Flask runs what stands before a request in the order it was registered in: the order of this module's docstring.
    log_requests(app)
    compress_pages(app)
    bound_sizes(app, _most_bytes(office), office.config.uploads.bytes)
    login_manager().init_app(app)
    name_the_acting(app)
    csrf, limiter = CSRFProtect(app), _limiter(app, office)
    for pages in served:
        app.register_blueprint(pages)
        for limit in pages.conduct.limits:
            limiter.limit(limit.often, methods=list(limit.methods) or None, exempt_when=limit.unless)(pages)
        if not pages.conduct.csrf:
            csrf.exempt(pages)
    send_once(app)
    send_headers(app, _https(office))
    give_words(app, office, [entry for pages in served for entry in pages.entries])
    answer_failures(app)


def _https(office: OfficeDesk) -> bool:
    return office.config.public_url.startswith("https://")


def _limiter(app: Flask, office: OfficeDesk) -> Limiter:
    """Limits that every worker shares; each counts for itself only while the file of hits cannot be written."""
    return Limiter(
        get_remote_address,
        app=app,
        storage_uri=f"{SCHEME}://",
        storage_options={"path": str(hits_beside(office.config.database))},
        # A fixed window lets twice as many through around its edge.
        strategy="moving-window",
        in_memory_fallback_enabled=True,
    )
