"""Where a request comes from: the machine that sent it, as far as that is known, and the devices it is known on.

A proxy that is not configured looks like the machine it runs on. So an address says who asks only where that cannot be
a proxy's: ``proxies`` of them are configured and each has added its line, or none is and nothing speaks of one.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from request_tracker.config import TrackerConfig
from request_tracker.people.devices import KNOWN_FOR, device_of, know
from request_tracker.people.throttle import Origin
from request_tracker.web.shell.context import now, office

Address = IPv4Address | IPv6Address
COOKIE = "perangkat"
# Accounts known on one browser: a counter's machine has a few; the cookie stays below 500 bytes.
MOST_DEVICES = 8
# A household or office has a /64 of IPv6 at least (RFC 6177): an address of it is no other place than the next.
HOME_PREFIX = 64
_SPEAK_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host", "Via")


def sender() -> Address | None:
    """The machine that sent the request; None where a proxy may stand before it."""
    config = office().config
    if config.proxies:
        # ProxyFix leaves the nearest machine's address where the proxies' lines are missing.
        lines = [line for line in ",".join(request.headers.getlist("X-Forwarded-For")).split(",") if line.strip()]
        return _address(request.remote_addr) if len(lines) >= config.proxies else None
    # nginx asks in HTTP/1.0 unless told otherwise (proxy_http_version, before 1.29.7); browsers and Prometheus never.
    old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    if old or _behind_a_proxy(config) or any(name in request.headers for name in _SPEAK_OF_A_PROXY):
        return None
    return _address(request.remote_addr)


def _behind_a_proxy(config: TrackerConfig) -> bool:
    """People reach the tracker at another scheme or port than it listens on: something stands between."""
    public = urlsplit(config.public_url)
    _, _, port = config.listen.rpartition(":")
    return public.scheme != "http" or not port.isdecimal() or (public.port or 80) != int(port)


def origin_of(login: str) -> Origin:
    """Where a try for an account comes from, for ``throttle``."""
    return Origin(place_of_sender(), device_of(office().desk.store, login, _secrets(), now()))


def place_of_sender() -> str:
    """The address a request comes from as far as tries are counted by it; empty where it is none."""
    address = _address(request.remote_addr)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, HOME_PREFIX), strict=False))
    return str(address or "")


def remember_device(answer: Response, login: str, user: int) -> Response:
    """Know this browser as the account's from now on; the answer carries the cookie that says so."""
    secrets, device = _secrets(), origin_of(login).device
    new = know(office().desk.store, user, device, request.headers.get("User-Agent", ""), now())
    cookie = [*secrets, *([new] if new else [])][-MOST_DEVICES:]
    keep_cookie(answer, COOKIE, _signer().dumps(cookie))
    return answer


def keep_cookie(answer: Response, name: str, value: str) -> None:
    """Set a cookie that no script reads and that lasts as long as browsers allow."""
    answer.set_cookie(
        name,
        value,
        max_age=int(KNOWN_FOR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )


def _secrets() -> list[str]:
    """The device secrets of this browser; none where the cookie is not one that we signed."""
    try:
        cookie: Any = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return []
    return [secret for secret in cookie if isinstance(secret, str)][-MOST_DEVICES:] if isinstance(cookie, list) else []


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known devices")


def _address(text: str | None) -> Address | None:
    try:
        address = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
