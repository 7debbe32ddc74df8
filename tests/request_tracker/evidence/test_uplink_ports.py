"""What an uplink's port cannot carry is in no figure of it, as with an office's; its contract is no bound."""

from dataclasses import dataclass, replace

import pytest
from tracker_office import CITY, MBIT, MONDAY

from request_tracker.evidence.contradictions import above_uplink
from request_tracker.evidence.forecast import forecast
from request_tracker.evidence.prometheus import Prometheus, Sample
from request_tracker.evidence.steps import STEP_SECONDS, on_the_grid
from request_tracker.evidence.usage import p95_of_line
from request_tracker.evidence.use import read_uplink

UPLINK = CITY.uplink("isp-utama")
USUAL, LEAP = 100 * MBIT, 9000 * MBIT
END = on_the_grid(MONDAY.timestamp())
# One mean in ten leaps: without the bound it is the p95.
EVERY = 10


@dataclass(frozen=True)
class LeapingLine(Prometheus):
    """A line of 100 Mbit/s whose counter leaps; ``port`` is what its device says, None where it says nothing."""

    url: str | None = "http://127.0.0.1:1"
    port: float | None = None

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """The port's speed, or one sample each five minutes."""
        return self.port if "port_speed" in expression else 1.0

    def every_series(
        self, expression: str, times: tuple[float, float], step: float
    ) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        """The counter, in whole five minutes."""
        total, points = 0.0, []
        for number in range(int((times[1] - times[0]) / step) + 1):
            points.append((times[0] + number * step, total))
            total += STEP_SECONDS * (LEAP if number % EVERY == 0 else USUAL)
        return [({}, points)]

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """No five minutes had too few samples."""
        return []


PORTS = [
    pytest.param(1000 * MBIT, USUAL, id="a port of a gigabit"),
    pytest.param(None, LEAP, id="nobody says it"),
    pytest.param(UPLINK.receive_capacity - 1, LEAP, id="the device says less than the contract"),
]


@pytest.mark.parametrize(("port", "p95"), PORTS)
def test_BTM_06_means_above_the_port_s_speed_are_left_out_of_an_uplink_s_p95(port: float | None, p95: float) -> None:
    load = p95_of_line(LeapingLine(port=port), UPLINK, "receive", END, 30)
    assert load.p95 == pytest.approx(p95)
    assert load.measured == pytest.approx(0.9 if p95 == USUAL else 1.0, abs=0.001)


@pytest.mark.parametrize(("port", "p95"), PORTS)
def test_KTM_CT_and_out_of_its_outlook(port: float | None, p95: float) -> None:
    assert forecast(LeapingLine(port=port), UPLINK, END).p95 == pytest.approx(p95, rel=0.001)


def test_how_many_were_left_out_is_said_once_for_the_line() -> None:
    use = read_uplink(LeapingLine(port=1000 * MBIT), UPLINK, ("receive", END, 30))
    assert use.impossible == 30 * 288 // EVERY
    (note,) = above_uplink({"receive": use, "transmit": replace(use, impossible=0)})
    assert note.indonesian.startswith("Data bertentangan: unduh uplink 864 kali di atas kecepatan portnya (1 Gbit/s)")
