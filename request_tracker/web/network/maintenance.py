"""Announcing maintenance: who works on what and when; the public status page tells it, paging is silent meanwhile."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from inventory.titles import titles
from request_tracker.errors import NotThere, Refused
from request_tracker.outages.maintenance import announce, finish, living_window, move_end, windows
from request_tracker.outages.weekly_work import end_weekly
from request_tracker.outages.work_scope import scopes
from request_tracker.outages.work_silences import silenced_whole
from request_tracker.sop.fields import Field
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, shown
from request_tracker.web.shell.form_values import MAX_LINE
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.sent_values import form_number
from request_tracker.words.bilingual import Both
from request_tracker.words.written import moment_of

pages = PageGroup("maintenance", __name__)
WORK = pages.declare(
    DeclaredForm(
        name="maintenance",
        address="/pemeliharaan",
        title=Both("Umumkan pekerjaan", "Announce work"),
        fields=(
            Field(
                "root",
                "Tautan atau perangkat, dengan semua di belakangnya",
                "Link or device, with all behind it",
                "pick",
            ),
            Field("starts", "Mulai", "From", "moment"),
            Field("ends", "Sampai", "Until", "moment", ahead=True, after="starts"),
            Field("reason", "Pekerjaan", "Work", longest=MAX_LINE),
            Field(
                "weekly_until",
                "Ulangi setiap minggu sampai (kosong: sekali)",
                "Repeat each week until (empty: once)",
                "date",
                required=False,
                after="starts",
            ),
        ),
    )
)


OTHER_END = pages.declare(
    DeclaredForm(
        name="maintenance_end",
        address="/pemeliharaan/<int:number>",
        title=Both("Ubah akhir pekerjaan", "Change when the work ends"),
        fields=(Field("ends", "Sampai", "Until", "moment", ahead=True),),
    )
)


@pages.get("/pemeliharaan")
@pages.menu(MenuGroup.NETWORK, 50, ("Pemeliharaan", "Maintenance"))
@needs("see_cases")
def listing() -> str:
    """Windows that run or are to come."""
    return _page()


@pages.post("/pemeliharaan")
@needs("announce_maintenance")
def change() -> Response | tuple[str, int]:
    """Announce a window, or end one early."""
    desk = office().desk
    if series := form_number("once"):
        end_weekly(desk.store, series)
        return redirect(url_for("maintenance.listing"))
    over = form_number("finish")
    if over:
        finish(desk.store, over, now())
        return redirect(url_for("maintenance.listing"))
    try:
        _announce()
    except Refused as error:
        return _page(error), error.form_status
    office().hurry()
    return redirect(url_for("maintenance.listing"))


@pages.get("/pemeliharaan/<int:number>")
@needs("announce_maintenance")
def window(number: int) -> str:
    """One window, and when it shall end."""
    return _window_page(number)


@pages.post("/pemeliharaan/<int:number>")
@needs("announce_maintenance")
def change_end(number: int) -> Response | tuple[str, int]:
    """Work that takes longer, or less, than announced: the same window with another end."""
    try:
        ends = read_values(OTHER_END).sound().moment("ends")
        if ends is None:
            raise Refused("no_hours")
        move_end(office().desk.store, number, ends, now())
    except NotThere:
        raise
    except Refused as error:
        return _window_page(number, error), error.form_status
    office().hurry()
    return redirect(url_for("maintenance.listing"))


def _announce() -> None:
    sent = read_values(_form()).sound()
    starts, ends = sent.moment("starts"), sent.moment("ends")
    if starts is None or ends is None:
        raise Refused("no_hours")
    span, last = (starts, ends), sent.day("weekly_until")
    announce(office().desk.store, sent.text("root"), span, sent.text("reason"), me().named(), last)


def _form() -> DeclaredForm:
    city = office().desk.city
    names = titles(city)
    return WORK.offering({"root": {root: names.get(root, root) for root in scopes(city)}})


def _page(error: Refused | None = None) -> str:
    desk = office().desk
    rows = [{**row, "silenced": silenced_whole(desk.city, row)} for row in windows(desk.store, now())]
    return render_template("maintenance.html", rows=rows, form=shown(_form(), error))


def _window_page(number: int, error: Refused | None = None) -> str:
    desk = office().desk
    row = living_window(desk.store, number, now())
    local = desk.calendar.local(moment_of(row["ends_at"])).strftime("%Y-%m-%dT%H:%M")
    return render_template("maintenance_end.html", row=row, form=shown(OTHER_END, error, {"ends": local}))
