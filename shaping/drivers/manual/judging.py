"""Confirmations and measurements together: what was confirmed in, a judgement of each and the evidence out. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shaping.drivers.manual.confirmations import Confirmation, Confirmed
from shaping.measuring import Use, UseVerdict, judge, window
from shaping.queues import Key

# Every OPD's use over a window of so many seconds that ends now; empty where nothing is known.
UsesOf = Callable[[int], Mapping[Key, Use]]


@dataclass(frozen=True)
class Judgement:
    """A confirmed queue and what was measured of it."""

    confirmation: Confirmation
    verdict: UseVerdict
    use: Use | None
    window_seconds: int

    @property
    def sentence(self) -> str:
        """Who confirmed it, and whether it was measured."""
        return f"{self.confirmation.sentence}; {self.verdict.sentence}"


def judgements(confirmed: Confirmed, uses_of: UsesOf, now: float) -> dict[Key, Judgement]:
    """A verdict on each; ``uses_of`` is asked once for each window, and not for one that is too short."""
    windows = {key: window(now - confirmation.at) for key, confirmation in confirmed.items()}
    uses = {seconds: uses_of(seconds) if seconds else {} for seconds in set(windows.values())}
    return {
        key: _judgement(confirmation, uses[windows[key]].get(key), windows[key], now)
        for key, confirmation in confirmed.items()
    }


def statement(confirmed: Confirmed, wanted: int) -> str:
    """In one sentence: how many of the wanted rates were confirmed, the last one by whom and when."""
    if not confirmed:
        return "no person has confirmed any rate of this revision"
    last = max(confirmed.values(), key=lambda confirmation: confirmation.at)
    return f"{len(confirmed)} of {wanted} rates {last.sentence}"


def evidence(judged: Mapping[Key, Judgement]) -> dict[str, object]:
    """Who confirmed what and when, and what was measured: what the proof adds. It was applied when a person says so."""
    people: dict[tuple[str, float], list[str]] = defaultdict(list)
    for (opd, direction), judgement in sorted(judged.items()):
        people[judgement.confirmation.by, judgement.confirmation.at].append(f"{opd} {direction}")
    measured = [
        {
            "opd": opd,
            "direction": direction,
            "verdict": str(judgement.verdict),
            "window_seconds": judgement.window_seconds,
            "p95": judgement.use.p95 if judgement.use else None,
            "peak": judgement.use.peak if judgement.use else None,
        }
        for (opd, direction), judgement in sorted(judged.items())
    ]
    confirmed = [{"by": by, "at": at, "queues": queues} for (by, at), queues in people.items()]
    # The last of them: before it the revision was not whole on the device.
    applied_at = max((judgement.confirmation.at for judgement in judged.values()), default=None)
    return {"confirmed": confirmed, "measured": measured, "applied_at": applied_at}


def _judgement(confirmation: Confirmation, use: Use | None, window_seconds: int, now: float) -> Judgement:
    return Judgement(confirmation, judge(confirmation.queue, use, now - confirmation.at), use, window_seconds)
