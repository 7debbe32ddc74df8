"""Is the line back? (PKL-G-08b): a root and a moment in, a proposal with its reason out. A person decides.

Connected is proposed only for a line that passed traffic the whole time, not connected only for one that went away and
stayed away; one that flaps, or that was not measured, gets no proposal.
"""

from dataclasses import asdict, dataclass
from typing import Any

from inventory.model import City
from request_tracker.cases.actions.check_connected import CONNECTED, NOT_CONNECTED
from request_tracker.evidence.outage import STEP_SECONDS, passing, place_of
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.uptime import Query
from request_tracker.words.bilingual import Both, filled

MINUTES = 10  # Long enough to see a flapping line flap again, short enough to wait for at the desk.
MEASURED_AT_LEAST = 0.9  # A tenth may be missing: a scrape is lost now and then, a monitoring that was away is not.
LOST_AT_MOST = 0.01  # One probe in a hundred: an echo may go astray, a line that loses more is not steady.
LINE = Both("Tautan", "The line")
AWAY = Both("Tautan sedang terputus menurut pemantauan.", "The line is down, the monitoring says.")
STEADY = Both(
    "Tautan tersambung tanpa putus selama {} menit.", "The line has been connected without a break for {} minutes."
)


@dataclass(frozen=True)
class ConnectionProposal:
    """What the monitoring proposes for the decision, None where it cannot; ``reason`` is kept in Indonesian."""

    proposal: str | None
    reason: Both
    at: float
    queries: tuple[Query, ...] = ()

    def data(self) -> dict[str, Any]:
        """Plain data, to be kept in the case."""
        return {**asdict(self), "reason": self.reason.indonesian}


def connected(prometheus: Prometheus, city: City, root: str, at: float) -> ConnectionProposal:
    """Judge the last minutes of a root's line."""
    place = place_of(city, root)
    if place is None:
        reason = filled(Both("{} tidak ada dalam inventaris.", "{} is not in the inventory."), root or LINE)
        return ConnectionProposal(None, reason, at)
    # A subquery at the scrape's own step, so that each sample is looked at once.
    window = f"({passing(place)})[{MINUTES}m:{STEP_SECONDS}s]"
    expressions = (
        f"count_over_time({window})",
        f"sum_over_time({window})",
        f"changes({window})",
        passing(place),
        f'max(increase(lebarpita_probe_lost_total{{link="{root}"}}[{MINUTES}m]))',
        f'min_over_time(max(lebarpita_link_up{{link="{root}"}})[{MINUTES}m:{STEP_SECONDS}s])',
    )
    try:
        answers = [prometheus.first_value(expression, at) for expression in expressions]
    except NoData as error:
        return ConnectionProposal(None, error.both(), at)
    return ConnectionProposal(*_judge(answers), at, tuple((expression, at) for expression in expressions))


def _judge(answers: list[float | None]) -> tuple[str | None, Both]:
    """The proposal and its reason of: samples, samples up, changes, now, lost rounds, the interface's worst state."""
    samples, up, changes, now, lost, interface = answers
    measured = (samples or 0.0) * STEP_SECONDS / (MINUTES * 60)
    if samples is None or up is None or now is None or measured < MEASURED_AT_LEAST:
        reason = Both(
            "Tautan terukur {} % dari {} menit terakhir; tidak ada usulan.",
            "The line was measured in {} % of the last {} minutes; nothing is proposed.",
        )
        return None, filled(reason, f"{measured * 100:.0f}", MINUTES)
    # It may have gone down once within the window; twice is a line that flaps.
    if not now and (changes or 0.0) <= 1:
        return NOT_CONNECTED, AWAY
    if not now or up < samples or (lost or 0.0) > LOST_AT_MOST * MINUTES * 60 or interface == 0:
        reason = Both(
            "Tautan belum stabil selama {} menit (berubah {} kali, {} pemeriksaan tidak dijawab); tidak ada usulan.",
            "The line was not stable for {} minutes (changed {} times, {} probes unanswered); nothing is proposed.",
        )
        return None, filled(reason, MINUTES, f"{changes or 0:.0f}", f"{lost or 0:.0f}")
    return CONNECTED, filled(STEADY, MINUTES)
