"""The one rule of what names live traffic: who may see it. A request in, the view or a refusal out.

A log-in whose role allows it, a screen's wall link, a machine of the configured networks, or a program's token.
"""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from flask import abort, current_app, request
from flask_login import current_user
from werkzeug.wrappers import Response

from request_tracker.people.roles import may
from request_tracker.people.wall_links import opens_wall
from request_tracker.web.shell.access import bearer, me, needs_scope
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.origin import keep_cookie, sender

P = ParamSpec("P")
R = TypeVar("R")
COOKIE = "layar"
SCOPE, ACT = "metrics:read", "see_live"


def live(why: str, programs: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A page only for those who may see live traffic; others are sent to log in.

    ``programs``: it is read by programs, which are told which token they need.
    """

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @seen_by(Audience.LIVE, why, ACT)
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if _by_machine() or (current_user.is_authenticated and may(me().who.acting_roles, ACT)):
                return view(*args, **kwargs)
            if bearer() is not None or (programs and not current_user.is_authenticated):
                return cast(R, needs_scope(SCOPE)(view)(*args, **kwargs))
            if current_user.is_authenticated:
                abort(403)
            return cast(R, current_app.login_manager.unauthorized())  # type: ignore[attr-defined]  # set by flask-login

        return guarded

    return wrap


def keep_wall_link(answer: Response, secret: str) -> Response:
    """Let the browser of a screen keep its link, so that it stands in no address."""
    keep_cookie(answer, COOKIE, secret)
    return answer


def _by_machine() -> bool:
    """A screen with its link, or a machine of the configured networks."""
    link = request.cookies.get(COOKIE, "")
    if link and opens_wall(office().desk.store, link, now()):
        return True
    networks = office().config.live_traffic_from
    # A network of everybody holds those too of whom nobody knows where they are.
    if any(network.prefixlen == 0 for network in networks):
        return True
    address = sender() if networks else None
    return address is not None and any(address in network for network in networks)
