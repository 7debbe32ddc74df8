"""The reference page of who sees what: every route of the tracker in, as its view says it, one table out."""

from collections.abc import Iterator

from request_tracker.people.roles import ACTS, ROLES
from request_tracker.web.app import FOLDERS
from request_tracker.web.shell.audience import Audience, Opening
from request_tracker.web.shell.pages import PageRoute, pages_in

HEAD = """# Who sees what

Every route of the tracker, who may open it, and why; made of what stands beside each view, and held against the real
answers for every role, link and token (`tests/request_tracker/web/test_who_sees_what.py`).

* **Live traffic has one rule** (`/wall`, `/metrics`): a role, a screen's [wall link](../how-to/wall-screen.md), a
  machine of `live_traffic_from`, or a program with a token of the scope `metrics:read`.
* **Roles** are those of the account, delegations of the moment included. Who may open a page may still be refused an
  act on it: what is another's own, or not at its step.
* **A secret link** opens what it was made for and nothing else; a wrong one is answered as if there were no such page.

| route | methods | who | why |
|---|---|---|---|
"""


def routes() -> Iterator[PageRoute]:
    """Every route of every module of pages, those too that an office may not have configured."""
    for folder in FOLDERS:
        for pages in pages_in(folder):
            yield from pages.routes


def routes_page() -> str:
    """The page."""
    rows = sorted(routes(), key=lambda route: (route.address, route.methods))
    static = "| `/static/<path:filename>` | GET | everybody | style, icon and our own scripts |"
    return HEAD + "\n".join([*(_row(route) for route in rows), static, ""])


def _row(route: PageRoute) -> str:
    opening = route.opening
    if opening is None:
        raise ValueError(f"{route.endpoint}: says beside its view neither needs nor seen_by; who may open it?")
    return f"| `{route.address}` | {', '.join(route.methods)} | {who(opening)} | {opening.why} |"


def who(opening: Opening) -> str:
    """The cell of who may open a route."""
    if opening.audience is Audience.ROLES:
        return _roles(opening.detail)
    if opening.audience is Audience.LIVE:
        return f"{_roles(opening.detail)}; wall link; `live_traffic_from`; token `metrics:read`"
    if opening.audience is Audience.TOKEN:
        return f"token `{opening.detail}`"
    return f"{opening.audience.value}: {opening.detail}" if opening.detail else opening.audience.value


def _roles(act: str) -> str:
    return ", ".join(f"`{role}`" for role in ROLES if role in ACTS[act].roles)
