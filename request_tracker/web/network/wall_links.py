"""Links of wall screens: made, listed and revoked by the administrator; opened on the screen, they stand in no address.

The link leaves a cookie and leads on to the wall. On a screen without an address line the code can be typed.
"""

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, NotThere, Refused
from request_tracker.people.wall_links import add_wall_link, opens_wall, revoke_wall_link, wall_links
from request_tracker.sop.fields import Field
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, shown
from request_tracker.web.shell.form_values import MAX_LINE
from request_tracker.web.shell.live import keep_wall_link
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("wall_links", __name__, Conduct(limits=(PASSWORD_LIMIT,)))
SCREEN = pages.declare(
    DeclaredForm(
        name="wall-screen",
        address="/layar",
        title=Both("Tautan layar dinding", "Link of a wall screen"),
        fields=(
            Field(
                "name",
                "Nama dan tempat layar",
                "The screen's name and place",
                hint=Both("Misalnya: Ruang NOC", "For example: NOC room"),
                longest=60,
            ),
        ),
    )
)
CODE = pages.declare(
    DeclaredForm(
        name="wall-code",
        address="/dinding",
        title=Both("Kode layar dinding", "Code of a wall screen"),
        fields=(Field("code", "Kode", "Code", longest=MAX_LINE),),
    )
)


@pages.get("/layar")
@pages.menu(MenuGroup.MANAGE, 40, ("Layar dinding", "Wall screens"), "manage_screens")
@needs("manage_screens")
def listing() -> str:
    """Every link, with when its screen was last seen."""
    return _page()


@pages.post("/layar")
@needs("manage_screens")
def add() -> str | tuple[str, int]:
    """Make a link; it is shown once."""
    try:
        secret = add_wall_link(office().desk.store, read_values(SCREEN).sound().text("name"), me().named(), now())
    except NotStored:
        raise
    except Refused as error:
        return _page(error=error), error.form_status
    return _page(secret=secret)


@pages.post("/layar/<int:number>/cabut")
@needs("manage_screens")
def revoke(number: int) -> Response:
    """Make a link void."""
    if not revoke_wall_link(office().desk.store, number, now()):
        raise NotThere("screen_link_void")
    return redirect(url_for("wall_links.listing"))


@pages.get("/dinding")
@seen_by(Audience.EVERYBODY, "a screen's code is typed here")
def enter() -> str:
    """The form for a screen on which no long address can be opened."""
    return render_template("wall_code.html", problem=None)


@pages.post("/dinding")
@seen_by(Audience.EVERYBODY, "a screen's code is typed here")
def typed() -> Response | tuple[str, int]:
    """Take a typed code."""
    secret = read_values(CODE).text("code").rpartition("/")[2][:64]
    if not opens_wall(office().desk.store, secret, now()):
        return render_template("wall_code.html", problem=Refused("screen_link_void").text(g.language)), 401
    return keep_wall_link(redirect(url_for("wall.wall")), secret)


@pages.get("/dinding/<secret>")
@seen_by(Audience.LINK, "the wall, on a screen nobody logs in on", "the wall link of a screen")
def opened(secret: str) -> Response:
    """Keep the link as a cookie and go on to the wall."""
    if not opens_wall(office().desk.store, secret, now()):
        raise NotThere("screen_link_void")
    return keep_wall_link(redirect(url_for("wall.wall")), secret)


def _page(secret: str | None = None, error: Refused | None = None) -> str:
    link = office().config.public_url.rstrip("/") + url_for("wall_links.opened", secret=secret) if secret else None
    rows = wall_links(office().desk.store)
    return render_template("wall_links.html", rows=rows, link=link, secret=secret, form=shown(SCREEN, error))
