"""An administrator's form that writes several tables writes all or nothing: account and link, day and deadlines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from broken_statements import Snapshot, broken, disk_full
from doors import Sent, form
from tracker_office import HEAD
from tracker_site import NOW, Site

from request_tracker.cases import Desk, Sign, read_case, run

WRITTEN = "SELECT count(*) FROM users", "SELECT count(*) FROM password_links", "SELECT count(*) FROM office_days"
MOVED = "SELECT count(DISTINCT case_id) FROM events WHERE kind = 'deadline_recomputed'"


def account(site: Site) -> Sent:
    """A new account, whose one-time link is shown on the answer."""
    site.enter("admin")
    return form(site, "/pengguna", "/pengguna", taken=200, login="baru", name="Nama Baru", role=["technician"])


def holiday(site: Site) -> Sent:
    """A closed day within the time of two open steps."""
    for _ in range(2):
        number = str(site.request().number)
        run(site.desk, number, Sign("PKL-B-02"), HEAD, NOW)
    site.enter("secretariat")
    due = read_case(site.desk, number).open_steps[0].due_at
    assert due is not None
    day = site.desk.calendar.local(due).date()
    return form(site, "/hari-libur", "/hari-libur", day=day.isoformat(), name="Hari jadi kota")


def written(desk: Desk) -> tuple[int, ...]:
    return tuple(int(desk.store.value(one)) for one in (*WRITTEN, MOVED))


@pytest.mark.parametrize("fills", [account, holiday], ids=lambda one: one.__name__)
def test_an_error_at_any_statement_of_an_administrators_form_leaves_all_or_nothing(
    site: Site, tmp_path: Path, fills: Callable[[Site], Sent]
) -> None:
    sent = fills(site)
    before, nothing = Snapshot(site.desk, tmp_path), written(site.desk)
    with broken(site.desk.store, 0, disk_full) as whole:
        assert sent.send() == sent.taken
    everything = written(site.desk)
    assert sum(now > then for now, then in zip(everything, nothing, strict=True)) == 2
    assert fills is account or everything[-1] == 2
    for statement in range(1, len(whole.written) + 1):
        before.put_back()
        with broken(site.desk.store, statement, disk_full):
            sent.send()
        assert written(site.desk) in (nothing, everything), whole.written[statement - 1]
