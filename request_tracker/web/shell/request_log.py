"""One line of the log for each request that a page answered: what was asked for, by whom, with what end, how long.

The page is named by its rule, not by its address: links with a secret in them, names in searches and numbers of
telephones stay out of the log. What is asked each few seconds by machines and went well is left out.
"""

import logging
import time
from ipaddress import ip_address

from flask import Flask, Response, g, request

from request_tracker.store.acting import acting_now

log = logging.getLogger(__name__)
LINE = "event=request method=%s page=%s status=%d milliseconds=%.1f bytes=%d address=%s who=%s"
# Health, metrics, the shaping agent's question and the pictures of pages: thousands of lines an hour that say nothing
# as long as they are served.
UNTOLD = ("static", "api.alive", "api.ready", "api.health", "api.metrics", "api.allocations")
# The first status that tells of a refusal or a fault (RFC 9110, section 15.5).
_REFUSED = 400
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOTHING = "-"


def log_requests(app: Flask) -> None:
    """Write the line when the answer is made. To be registered before all else that looks at a request."""

    @app.before_request
    def _begin() -> None:
        g.begun_at = time.perf_counter()

    @app.after_request
    def _tell(answer: Response) -> Response:
        if answer.status_code >= _REFUSED or request.endpoint not in UNTOLD:
            elapsed = (time.perf_counter() - g.begun_at) * 1_000.0 if "begun_at" in g else 0.0
            log.info(
                LINE, _method(), _page(), answer.status_code, elapsed, answer.content_length or 0, _address(), _who()
            )
        return answer


def _method() -> str:
    return request.method if request.method in _METHODS else NOTHING


def _page() -> str:
    """The rule of the address; nothing of an address that is no page of ours."""
    return request.url_rule.rule.replace(" ", "") if request.url_rule is not None else NOTHING


def _address() -> str:
    """Whose request it is; nothing where a proxy's header names no address."""
    try:
        return str(ip_address((request.remote_addr or "").partition("%")[0]))
    except ValueError:
        return NOTHING


def _who() -> str:
    """Who acts, as events name people (``user:N``, ``api:NAME``, ``public``); nothing before that was looked for."""
    return "".join(acting_now().person.split()) if "acting" in g else NOTHING
