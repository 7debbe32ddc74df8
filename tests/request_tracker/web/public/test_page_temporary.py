"""A request with an end: the pages give the allocation back on the day after the last day asked for."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tracker_office import DIVISION, SECTION, TECHNICIAN
from tracker_site import NOW, Site

from request_tracker.cases import Allocation, Sign, run
from request_tracker.ledger import allocations

RATES = {"receive_ceiling": "50", "receive_guaranteed": "10", "transmit_ceiling": "20", "transmit_guaranteed": "5"}
OPENING = Allocation(250_000, 1_250_000, 250_000, 1_250_000)
LAST_DAY = "2030-01-03"
OVER = datetime(2030, 1, 3, 17, tzinfo=UTC)


@pytest.fixture
def number(site: Site) -> str:
    """A request until a day, at the head's disposition."""
    with site.desk.store.transaction() as db:
        opening = allocations.Change("dinkes", OPENING, "system", None, "saldo awal")
        allocations.write(site.desk.store, db, [opening], NOW - timedelta(days=30))
    site.enter("head_of_office")
    return at_the_head(site, "dinkes")


def at_the_head(site: Site, opd: str) -> str:
    wanted = {"wanted_receive": "50 Mbit/s", "purpose": "uji", "ends_on": LAST_DAY}
    return str(site.request(opd=opd, form=wanted).number)


def sign(site: Site, number: str, **more: str) -> Any:
    """The head signs the number of his disposition."""
    page = f"/kasus/{number}"
    return site.post(f"{page}/langkah/PKL-B-02", page, act="sign", **RATES, **more)


def apply(site: Site, number: str) -> Any:
    """The others pass it on, and the technician presses his one button."""
    for who, act in ((DIVISION, Sign("PKL-B-03")), (SECTION, Sign("PKL-B-03", assignee=TECHNICIAN))):
        run(site.desk, number, act, who, NOW)
    site.enter("technician")
    page = f"/kasus/{number}"
    return site.post(f"{page}/langkah/PKL-B-04", page, act="sign")


def in_force(site: Site, at: datetime) -> int | None:
    found = allocations.allocation_of(site.desk.store, "dinkes", at)
    return found.receive_ceiling if found else None


def test_PKL_B_01_a_temporary_request_is_given_back_after_its_last_day(site: Site, number: str) -> None:
    assert re.search(rf'name="until"\s+type="date"\s+value="{LAST_DAY}"', site.get(f"/kasus/{number}"))
    assert sign(site, number, until=LAST_DAY).status_code == 302
    assert apply(site, number).status_code == 302
    assert in_force(site, OVER - timedelta(seconds=1)) == 6_250_000
    assert in_force(site, OVER) == OPENING.receive_ceiling
    assert "Sementara, sampai" in site.get(f"/kasus/{number}")


def test_PKL_B_01_without_an_end_the_allocation_stays(site: Site, number: str) -> None:
    assert sign(site, number, until="").status_code == 302
    assert apply(site, number).status_code == 302
    assert in_force(site, OVER) == 6_250_000
    assert "Sementara, sampai" not in site.get(f"/kasus/{number}")


def test_PKL_B_01_an_end_that_is_over_or_no_day_changes_nothing(site: Site, number: str) -> None:
    for until in ("2020-01-01", "besok"):
        answer = sign(site, number, until=until)
        assert answer.status_code == 409 and "berlaku sampai" in answer.text.lower()
    assert in_force(site, datetime.now(UTC)) == OPENING.receive_ceiling


def test_PKL_B_01_an_end_needs_an_allocation_to_go_back_to(site: Site, number: str) -> None:
    assert "belum ada alokasi" in sign(site, at_the_head(site, "dishub"), until=LAST_DAY).text
