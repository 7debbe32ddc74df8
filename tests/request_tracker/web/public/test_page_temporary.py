"""A request with an end: the pages give the allocation back on the day after the last day asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from tracker_office import DIVISION, HEAD, SECTION, TECHNICIAN
from tracker_site import NOW, Site

from request_tracker.cases import Allocation, Sign, run
from request_tracker.ledger import allocations
from request_tracker.people import accounts

RATES = {"receive_ceiling": "50", "receive_guaranteed": "10", "transmit_ceiling": "20", "transmit_guaranteed": "5"}
OPENING = Allocation(250_000, 1_250_000, 250_000, 1_250_000)
LAST_DAY = "2030-01-03"
OVER = datetime(2030, 1, 3, 17, tzinfo=UTC)


@pytest.fixture
def number(site: Site, monkeypatch: pytest.MonkeyPatch) -> str:
    """A request until a day, at the technician's step."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with site.desk.store.transaction() as db:
        opening = allocations.Change("dinkes", OPENING, "system", None, "saldo awal")
        allocations.write(site.desk.store, db, [opening], NOW - timedelta(days=30))
    site.enter("technician")
    return at_the_technician(site, "dinkes")


def at_the_technician(site: Site, opd: str) -> str:
    wanted = {"wanted_receive": "50 Mbit/s", "purpose": "uji", "ends_on": LAST_DAY}
    made = str(site.request(opd=opd, form=wanted).number)
    for who, act in (
        (HEAD, Sign("PKL-B-02")),
        (DIVISION, Sign("PKL-B-03")),
        (SECTION, Sign("PKL-B-03", assignee=TECHNICIAN)),
    ):
        run(site.desk, made, act, who, NOW)
    return made


def apply(site: Site, number: str, **more: str) -> Any:
    page = f"/kasus/{number}"
    return site.post(f"{page}/langkah/PKL-B-04", page, act="sign", **RATES, **more)


def in_force(site: Site, at: datetime) -> int | None:
    found = allocations.allocation_of(site.desk.store, "dinkes", at)
    return found.receive_ceiling if found else None


def test_PKL_B_01_a_temporary_request_is_given_back_after_its_last_day(site: Site, number: str) -> None:
    assert f'name="until" type="date" value="{LAST_DAY}"' in site.get(f"/kasus/{number}")
    assert apply(site, number, until=LAST_DAY).status_code == 302
    assert in_force(site, OVER - timedelta(seconds=1)) == 6_250_000
    assert in_force(site, OVER) == OPENING.receive_ceiling
    assert "Sementara, sampai" in site.get(f"/kasus/{number}")


def test_PKL_B_01_without_an_end_the_allocation_stays(site: Site, number: str) -> None:
    assert apply(site, number, until="").status_code == 302
    assert in_force(site, OVER) == 6_250_000
    assert "Sementara, sampai" not in site.get(f"/kasus/{number}")


def test_PKL_B_01_an_end_that_is_over_or_no_day_changes_nothing(site: Site, number: str) -> None:
    for until in ("2020-01-01", "besok"):
        answer = apply(site, number, until=until)
        assert answer.status_code == 409 and "berlaku sampai" in answer.text
    assert in_force(site, datetime.now(UTC)) == OPENING.receive_ceiling


def test_PKL_B_01_an_end_needs_an_allocation_to_go_back_to(site: Site, number: str) -> None:
    assert "belum ada alokasi" in apply(site, at_the_technician(site, "dishub"), until=LAST_DAY).text
