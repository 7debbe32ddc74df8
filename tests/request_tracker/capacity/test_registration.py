"""Back into the monitoring (BTM-08b): the applying step ends when the scraped limits equal the ledger."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from tracker_office import (
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    MBIT,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    numbered,
    request,
    true_proof,
    walk_to,
)
from tracker_site import Site
from tree import ROOT

from request_tracker.capacity.registration import Overruling, register_anyway, register_pending
from request_tracker.cases import Allocation, ApplyAllocation, Desk, Sign, history, read_case, run
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import Refused
from request_tracker.evidence.limit import METRICS
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.ledger.allocations import as_data
from request_tracker.metrics import TrackerFigures

OLD = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
LATER = MONDAY + timedelta(hours=1)
FILLED = {"spesifikasi": "50 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "80"}


@dataclass(frozen=True)
class Limits(Prometheus):
    """A Prometheus that has scraped these limits; None where it does not answer."""

    url: str | None = None
    held: Mapping[str, float] | None = field(default_factory=dict)

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """The limit asked for, of whatever office."""
        if self.held is None:
            raise NoData("prometheus_silent", reason="ConnectionError")
        key = next(key for key, (_, metric) in METRICS.items() if metric in expression)
        return self.held.get(key)


def proven(desk: Desk, now: datetime = MONDAY) -> str:
    """BTM walked until its allocation is proven in force."""
    number = request(desk, "BTM-BW", now - timedelta(hours=1))
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    found = numbered(Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}))
    fills = [(TECHNICIAN, Sign("BTM-05")), (REQUESTER, Sign("BTM-05", form=FILLED)), (TECHNICIAN, found)]
    walk_to(desk, number, [*acts, *fills], now - timedelta(hours=1))
    run(desk, number, ApplyAllocation("BTM-08", FIFTY), TECHNICIAN, now)
    record_proof(desk, true_proof(desk, now), now + timedelta(seconds=15))
    return number


def at(desk: Desk, number: str) -> str:
    step = read_case(desk, number).main_step
    return step.id if step else ""


def test_BTM_08b_the_step_stays_open_while_the_monitoring_has_the_old_limit(desk: Desk) -> None:
    number = proven(desk)
    case = read_case(desk, number)
    assert case.verified == case.awaiting and at(desk, number) == "BTM-08"
    assert register_pending(desk, Limits(held=as_data(OLD)), LATER) == [] and at(desk, number) == "BTM-08"
    assert register_pending(desk, Limits(), LATER) == []
    assert register_pending(desk, Limits(held=as_data(replace(FIFTY, transmit_guaranteed=1))), LATER) == []
    assert at(desk, number) == "BTM-08"


def test_BTM_08b_the_new_limit_scraped_closes_the_step_and_is_kept(desk: Desk) -> None:
    number = proven(desk)
    assert register_pending(desk, Limits(held=as_data(FIFTY)), LATER) == [number]
    assert at(desk, number) == "BTM-09"
    kept = next(event for event in history(desk, number) if event.kind == "monitoring_registered")
    assert kept.actor == "system" and not kept.data["overruled"]
    assert kept.data["seen"]["seen"]["receive_ceiling"] == FIFTY.receive_ceiling
    made = read_case(desk, number).latest("dok")
    assert made is not None and made.content is not None and made.content["proof"]["agent"] == "core"
    assert register_pending(desk, Limits(held=as_data(FIFTY)), LATER) == []


def test_BTM_08b_a_second_proof_does_not_end_the_step_instead_of_the_monitoring(desk: Desk) -> None:
    number = proven(desk)
    record_proof(desk, true_proof(desk, LATER), LATER)
    assert at(desk, number) == "BTM-08"


def test_BTM_08b_without_the_monitoring_those_who_may_go_on_with_a_reason_that_is_kept(desk: Desk) -> None:
    number, silent = proven(desk), Limits(held=None)
    assert register_pending(desk, silent, LATER) == []
    for who, reason, code in ((TECHNICIAN, "rusak", "may_not"), (SECTION, " ", "reason_needed")):
        with pytest.raises(Refused) as found:
            register_anyway(desk, silent, Overruling(number, reason, who), LATER)
        assert found.value.code == code
    register_anyway(desk, silent, Overruling(number, "Prometheus sedang diperbaiki", SECTION), LATER)
    assert at(desk, number) == "BTM-09"
    kept = next(event for event in history(desk, number) if event.kind == "monitoring_registered")
    assert kept.data["overruled"] and kept.data["note"] == "Prometheus sedang diperbaiki"
    assert kept.actor == SECTION.person and "ConnectionError" in kept.data["seen"]["problem"]
    with pytest.raises(Refused) as late:
        register_anyway(desk, silent, Overruling(number, "lagi", SECTION), LATER)
    assert late.value.code == "nothing_to_register"


def test_BTM_08b_who_is_kept_waiting_is_told_once(desk: Desk) -> None:
    number = proven(desk)
    told = "SELECT recipient, payload FROM outbox WHERE payload LIKE '%monitoring_waits%' ORDER BY id"
    register_pending(desk, Limits(held=as_data(OLD)), MONDAY + timedelta(minutes=5))
    assert desk.store.rows(told) == []
    for minute in (20, 21):
        register_pending(desk, Limits(held=as_data(OLD)), MONDAY + timedelta(minutes=minute))
    rows = desk.store.rows(told)
    assert [row["recipient"] for row in rows] == [TECHNICIAN.person, "role:head_of_section"]
    assert number in rows[0]["payload"] and "terpantau 10 Mbit/s, buku 50 Mbit/s" in rows[0]["payload"]


def test_BTM_08b_the_page_says_why_it_waits_and_takes_the_reason(site: Site) -> None:
    site.enter("head_of_section")
    number = proven(site.desk, datetime.now(UTC) - timedelta(minutes=2))
    page = site.get(f"/kasus/{number}")
    assert "Pemantauan (Prometheus) tidak menjawab" in page and 'id="anyway-reason"' in page
    answer = site.post(f"/kasus/{number}/pemantauan", f"/kasus/{number}", reason="Prometheus dipindah")
    assert answer.status_code == 302 and at(site.desk, number) == "BTM-09"
    site.enter("technician")
    assert site.client.post(f"/kasus/{number}/pemantauan").status_code in (400, 403)


def test_BTM_08b_what_is_asked_for_is_what_the_tracker_exports_and_alerts_and_boards_take_as_threshold(
    desk: Desk,
) -> None:
    """One name from the ledger to the scrape, the rules and the boards: nothing to be set by hand."""
    registry = CollectorRegistry()
    registry.register(TrackerFigures(desk))
    exported = generate_latest(registry).decode()
    rules = (ROOT / "alert_rules/rules/record.yml").read_text(encoding="utf-8")
    board = (ROOT / "dashboards/opd.py").read_text(encoding="utf-8")
    for _, metric in METRICS.values():
        assert re.search(rf'^{metric}{{opd="dinkes"}} ', exported, re.MULTILINE) and metric in board
    for _, metric in (METRICS["receive_ceiling"], METRICS["transmit_ceiling"]):
        assert metric in rules
