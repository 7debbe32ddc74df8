"""Where network and city file differ, as a page: the report of ``lebarpita-inventory drift`` in. Changes nothing.

The tracker asks no device: the command does, where devices can be reached, and this page says how old its answer is.
Who sends flows without standing in the file is known at once, by Prometheus.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import render_template

from inventory.divergence import DriftKind, DriftReport, EditKind, read_report
from request_tracker.evidence.flow_newcomers import FlowNewcomer, flow_newcomers
from request_tracker.evidence.prometheus import NoData
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.words.bilingual import Both
from runtime.lined_yaml import UnreadableError

pages = PageGroup("drift", __name__)
# The command runs each day (docs/how-to/describe-your-network.md); after two it has failed to.
FRESH = timedelta(days=2)
HEADINGS = {
    DriftKind.NEIGHBOUR: Both("Perangkat baru", "New devices"),
    DriftKind.PORT: Both("Port yang dipakai, tetapi tidak tertulis", "Ports in use that are not written"),
    DriftKind.NAME: Both("Nama yang berubah", "Changed names"),
    DriftKind.LINE: Both("Jalur yang berpindah", "Lines that have moved"),
    DriftKind.ADDRESS: Both("Alamat yang bukan milik siapa pun", "Addresses of nobody"),
    DriftKind.IDLE: Both("OPD tanpa lalu lintas selama 30 hari", "Offices without traffic in 30 days"),
}
VERBS = {
    EditKind.ADD: Both("Tambahkan ke", "Add to"),
    EditKind.CHANGE: Both("Ubah pada", "Change in"),
    EditKind.REMOVE: Both("Hapus dari", "Remove from"),
}


@pages.get("/selisih")
@pages.menu(MenuGroup.NETWORK, 80, ("Selisih", "Differences"), "see_capacity")
@needs("see_capacity")
def page() -> str:
    """Every difference under its heading with the edit that mends it, or why there is no report."""
    report, problem = _report(office().config.drift)
    groups = [] if report is None else [(HEADINGS[kind], _rows(report, kind)) for kind in DriftKind]
    is_old = report is not None and now() - report.made_at > FRESH
    shown = [(heading, rows) for heading, rows in groups if rows]
    more = {"verbs": VERBS, "is_old": is_old, "newcomers": _newcomers()}
    return render_template("drift.html", report=report, problem=problem, groups=shown, **more)


def _newcomers() -> list[FlowNewcomer] | None:
    """None where nobody can say."""
    here = office()
    try:
        return flow_newcomers(here.prometheus, here.desk.city)
    except NoData:
        return None


def _rows(report: DriftReport, kind: DriftKind) -> list[Any]:
    return [row for row in report.divergences if row.kind is kind]


def _report(path: Path | None) -> tuple[DriftReport | None, Both | None]:
    """The report, or why there is none."""
    if path is None:
        return None, Both("Pemeriksaan ini belum dipasang.", "This check is not set up yet.")
    if not path.exists():
        return None, Both("Pemeriksaan ini belum pernah dijalankan.", "This check has never run.")
    try:
        return read_report(path), None
    except (UnreadableError, ValueError):
        return None, Both("Hasil pemeriksaan tidak dapat dibaca.", "The check's result cannot be read.")
