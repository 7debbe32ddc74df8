"""What a page may cost: its SQL statements, held in a golden file. A page that asks more must say why in review.

The pages are asked over an archive of 300 cases, so that a statement for each row shows at once.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from opened_site import config_of, entered, site_of
from tracker_office import MONDAY, new_desk
from tree import TESTS

from request_tracker.bench.archive import fill
from request_tracker.bench.office import letters, outages, people
from request_tracker.cases import Desk
from request_tracker.cases.holidays import with_own_days
from request_tracker.letters.sop_files import VOCABULARY
from request_tracker.sop import register
from request_tracker.store.acting import JOB, Acting, acting_as
from request_tracker.web.app import prepare
from request_tracker.web.shell.context import now
from request_tracker.worker import DUTIES

GOLDEN = TESTS / "golden" / "sql_statements.json"
PAGES = {
    "list": ("technician", "/kasus"),
    "list of open cases": ("technician", "/kasus?status=terbuka"),
    "search": ("technician", "/kasus?q=SIMRS"),
    "case": ("technician", "/kasus/PKL-BW/2026/000120"),
    "sign form": ("head_of_office", "/kasus/PKL-BW/2026/000100"),
    "form": ("technician", "/permohonan"),
    "counter form": ("secretariat", "/kasus/baru"),
    "agenda": ("secretariat", "/agenda"),
    "NOC list": ("noc_operator", "/noc"),
    "outages": ("technician", "/gangguan"),
    "start": ("technician", "/"),
}


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    """The statements that reach SQLite meanwhile; a line with ``--`` is what one of them does inside."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if not statement.startswith("--"):
            seen.append(statement)

    desk.store.db.conn.set_trace_callback(note)
    yield seen
    desk.store.db.conn.set_trace_callback(None)


READ_WHOLE = re.compile(r"SCAN (c|cases|e|events|letter_register)\b(?!.*VIRTUAL)")
LISTS = {
    "head_of_section": (
        *("/kasus?opd=disdik", "/kasus?opd=disdik&status=selesai", "/kasus?opd=disdik&status=terbuka"),
        *(
            "/kasus?sop=KTM-BW",
            "/kasus?sop=KTM-BW&status=selesai",
            "/kasus?sop=KTM-BW&status=terbuka",
            "/kasus?q=SIMRS",
        ),
        *("/kasus/PKL-BW/2026/000120", "/noc", "/gangguan"),
    ),
    "secretariat": ("/agenda", "/agenda?q=tiada", "/kasus/baru"),
}


@pytest.mark.parametrize("analysed", [False, True])
@pytest.mark.parametrize("hour", [3, 18], ids=["in working hours", "at night"])
def test_the_work_of_each_minute_reads_no_archive_from_end_to_end(tmp_path: Path, analysed: bool, hour: int) -> None:
    desk = new_desk(tmp_path)
    fill(desk, 300, MONDAY)
    outages(desk, 5, now())
    # The hour in UTC of the Tuesday to come: what an office does at ten it does not at one in the morning.
    moment = (now() + timedelta(days=7 - (now().weekday() - 1) % 7)).replace(hour=hour)
    desk.store.db.execute("ANALYZE" if analysed else "DELETE FROM sqlite_stat1")
    with counted(desk) as seen, acting_as(Acting("system", JOB)):
        for duty in DUTIES:
            duty.act(with_own_days(desk), config_of(desk, tmp_path), moment)
    for statement in (one for one in seen if one.startswith("SELECT")):
        plan = [row[3] for row in desk.store.db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [line for line in plan if READ_WHOLE.match(line)], f"{statement}: {plan}"
    desk.store.close()


def test_a_server_has_read_its_templates_and_sops_before_it_answers(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    app = site_of(desk, tmp_path)
    prepare(app)
    assert app.jinja_env.cache is not None and len(app.jinja_env.cache) >= len(app.jinja_env.list_templates())
    with counted(desk) as seen:
        assert register.read_all(desk.store, VOCABULARY) == len(register.codes(desk.store)) == 5
    assert seen
    desk.store.close()


def test_every_page_asks_the_database_no_more_than_the_golden_file_says(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    fill(desk, 300, MONDAY)
    site = site_of(desk, tmp_path)
    sessions = people(desk.store, sorted({role for role, _ in PAGES.values()}), now())
    letters(desk, 50, now())
    outages(desk, 5, now())
    found = {}
    for name, (role, address) in PAGES.items():
        client = entered(site, sessions[role])
        client.get(address)
        with counted(desk) as seen:
            assert client.get(address).status_code == 200
        found[name] = len(seen)
    desk.store.close()
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
