"""Taking data away as tables: the auditor's and the administrator's page, and its downloads. Each is written down."""

import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from flask import Response, abort, g, render_template, request

from request_tracker.cases.queries import each_case
from request_tracker.people.privacy import note_export
from request_tracker.people.rights_report import rights_rows
from request_tracker.people.roles import may
from request_tracker.reports.export import CASES, FORMS, TABLES, rows_of, write
from request_tracker.reports.export_columns import ExportReader
from request_tracker.reports.export_names import export_names
from request_tracker.store.database import Row
from request_tracker.web.audit.rights_page import read_span, rights_filter
from request_tracker.web.cases.case_filter import CASE_EXPORT, chosen, filter_of, read_filter
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import asked_again, asked_status
from request_tracker.web.shell.downloads import TABLE_TYPES
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("exports", __name__)
pages.declare(CASE_EXPORT)
# What is read and sent at a time, so that a table of any size takes 64 KiB of memory.
PIECE_BYTES = 2**16


@pages.get("/ekspor")
@pages.menu(MenuGroup.INSPECTION, 30, ("Ekspor", "Export"), "export")
@needs("export")
def listing() -> tuple[str, int]:
    """Every table in three forms; the cases with the filters of the list one came from."""
    query = read_filter(CASE_EXPORT)
    shown = {"form": asked_again(query), "chosen": chosen(query), "masked": not _reaches_everybody()}
    return render_template("exports.html", tables=TABLES, forms=FORMS, **shown), asked_status(query)


@pages.get("/ekspor/<table>.<form>")
@needs("export")
def download(table: str, form: str) -> Response:
    """One table. Who took which, and when, is in the list of who saw personal data."""
    if table not in TABLES or form not in FORMS:
        abort(404)
    rows = _rows(table)
    store = office().desk.store
    note_export(store, me().named(), table, now())
    out = tempfile.TemporaryFile()  # noqa: SIM115  # closed when it has been sent
    desk, made_up = office().desk, office().made_up
    reader = ExportReader(table, g.language, desk.calendar.zone, export_names(desk), made_up)
    write(out, form, rows, reader)
    out.seek(0)
    name = f"{table}-{office().desk.calendar.local(now()):%Y%m%d-%H%M}.{form}"
    headers = {"Content-Type": TABLE_TYPES[form], "Content-Disposition": f'attachment; filename="{name}"'}
    answer = Response(_sent(out), 200, headers)
    answer.call_on_close(out.close)
    return answer


def _sent(out: BinaryIO) -> Iterator[bytes]:
    with out:
        while piece := out.read(PIECE_BYTES):
            yield piece


def _reaches_everybody() -> bool:
    """A technician may reach the people of his own cases, not of all of them."""
    return may(me().who.acting_roles - {"technician"}, "see_contact")


def _rows(table: str) -> Iterator[Row]:
    """The lines of a table, by what its page was filtered by. Raises WrongFields: another table is no answer."""
    store = office().desk.store
    if table == "cases":
        return each_case(store, CASES, filter_of(read_filter(CASE_EXPORT).sound()))
    if table == "rights" and request.args:
        return rights_rows(store, rights_filter(read_span().sound()))
    return rows_of(store, table, unmasked=table == "contacts" and _reaches_everybody())
