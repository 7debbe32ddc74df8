"""A way of Alertmanager by its counters: what failed before it delivered is over, what fails now is red."""

import pytest
from tree import ROOT

from operations.doctor.deliveries import SETTLED_SECONDS, Delivery, undelivered

NOW = 10_000.0


def course(*moments: tuple[float, float, float]) -> list[Delivery]:
    """Seconds ago, attempts and failures by then."""
    return [Delivery(NOW - ago, tried, failed) for ago, tried, failed in moments]


WELL = {
    "nothing was sent": course((300, 0, 0), (0, 0, 0)),
    "all arrived": course((300, 0, 0), (200, 5, 0), (0, 9, 0)),
    "the first ones after a start, then none": course((300, 0, 0), (240, 6, 6), (200, 8, 6), (0, 8, 6)),
    "cured an hour ago, nothing sent since": course((3600, 9, 9), (0, 9, 9)),
    "counters started anew": course((400, 50, 50), (300, 0, 0), (200, 3, 0), (0, 3, 0)),
    "failed and delivered between two looks": course((400, 0, 0), (200, 4, 3), (0, 4, 3)),
}
ILL = {
    "all fails": (course((300, 0, 0), (200, 4, 4), (0, 9, 9)), 9.0),
    "nothing was tried since": (course((3000, 0, 0), (2900, 4, 4), (0, 4, 4)), 4.0),
    "failed after it delivered": (course((900, 5, 0), (600, 7, 0), (300, 9, 2), (0, 9, 2)), 2.0),
    "one of two channels of a kind fails again and again": (
        course((400, 0, 0), (300, 3, 1), (200, 6, 2), (SETTLED_SECONDS - 1, 9, 3), (0, 12, 3)),
        1.0,
    ),
    "started anew and fails": (course((400, 50, 0), (300, 2, 2), (0, 2, 2)), 2.0),
    "nobody knows how it stood": (course((0, 5, 3)), 3.0),
}


@pytest.mark.parametrize("name", WELL)
def test_a_way_that_delivered_since_its_last_failure_is_well(name: str) -> None:
    assert undelivered(WELL[name], NOW) == 0.0


@pytest.mark.parametrize("name", ILL)
def test_a_way_whose_failures_nothing_followed_is_ill(name: str) -> None:
    moments, failures = ILL[name]
    assert undelivered(moments, NOW) == failures


def test_the_alert_looks_as_far_back_as_the_doctor() -> None:
    """One answer to "does this way deliver": LebarpitaAlertsNotDelivered and the doctor count the same failures."""
    rules = (ROOT / "alert_rules/rules/stack.yml").read_text(encoding="utf-8")
    rule = rules.partition("alert: LebarpitaAlertsNotDelivered")[2].partition("- alert:")[0]
    assert f"(increase(alertmanager_notifications_failed_total[{SETTLED_SECONDS:.0f}s])) > 0" in rule
