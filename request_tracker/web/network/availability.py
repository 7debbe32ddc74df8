"""The list of available bandwidth as a page (KTM-07b): now or as of a day, printed, as CSV and as a spreadsheet."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Response, g, make_response, render_template
from markupsafe import Markup

from request_tracker.capacity.availability import Room, as_csv, as_spreadsheet, availability
from request_tracker.chart.bars import draw_bar
from request_tracker.sop.fields import Field
from request_tracker.web.shell import formats
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, FieldValues, asked_again, asked_status, read_values
from request_tracker.web.shell.downloads import TABLE_TYPES
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("availability", __name__)
AS_OF = pages.declare(
    DeclaredForm(
        name="availability_day",
        address="/kesediaan",
        title=Both("Keadaan pada suatu hari", "As of a day"),
        fields=(Field("tanggal", "Pada tanggal", "As of", "date", required=False),),
        in_address=True,
    )
)
FORMS = {"csv": as_csv, "xlsx": as_spreadsheet}


@pages.get("/kesediaan")
@pages.menu(MenuGroup.NETWORK, 30, ("Kesediaan bandwidth", "Available bandwidth"), "see_capacity")
@needs("see_capacity")
def page() -> tuple[str, int]:
    """Every uplink with its room, and who holds what until when."""
    query = read_values(AS_OF)
    day, at = _day(query)
    room = availability(office().desk.store, office().desk.city, at)
    shown = {"chosen_day": day, "at": at, "date_of": _date_of, "bar": _bar, "form": asked_again(query)}
    return render_template("availability.html", room=room, **shown), asked_status(query)


@pages.get("/kesediaan.<any(csv, xlsx):form>")
@needs("see_capacity")
def table(form: str) -> Response:
    """The same as a table to take away; the file's name says of which day."""
    day, at = _day(read_values(AS_OF).sound())
    name = f"kesediaan-{day or office().desk.calendar.local(at).date()}.{form}"
    rooms = availability(office().desk.store, office().desk.city, at)
    body = FORMS[form](rooms, office().desk.calendar, g.language, office().made_up)
    head = {"Content-Type": TABLE_TYPES[form], "Content-Disposition": f'attachment; filename="{name}"'}
    return make_response(body, 200, head)


def _bar(room: Room) -> Markup:
    """How much of the capacity is promised; an uplink without one (a plan) has no bar but an unknown one."""
    return draw_bar(room.committed / room.capacity if room.capacity else None)


def _date_of(at: datetime, end: bool = False) -> str:
    """The office's date of a moment; of an end the last day it reaches into."""
    local = office().desk.calendar.local(at - timedelta(microseconds=1) if end else at)
    return formats.day(local.date().isoformat(), g.language)


def _day(query: FieldValues) -> tuple[date | None, datetime]:
    """The day asked for and its last moment in the office's zone; none or today is now."""
    day, moment, calendar = query.day("tanggal"), now(), office().desk.calendar
    if day is None or day == calendar.local(moment).date():
        return None, moment
    over = datetime.combine(day + timedelta(days=1), time(), calendar.zone).astimezone(UTC)
    return day, over - timedelta(microseconds=1)
