"""Where the monitoring contradicts itself: an OPD's use and its books in, sentences out. Pure.

Two things cannot both be so: more bytes than the port can carry, and flows that count other bytes than the port does.
"""

from collections.abc import Callable, Mapping

from request_tracker.evidence.saying import percent, rate
from request_tracker.evidence.use import MeasuredUse
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.way_names import WAY_NAMES

# Flows count layer 3, ports layer 2: of whole books 0.93 to 1 (docs/why/books-balance.md). Beyond a tenth below and
# a twentieth above, one of them is wrong.
_LEAST, _MOST = 0.90, 1.05
# A port that hardly counts makes any number of it: beyond ten times a figure says nothing that the words do not.
_MOST_SAID = 10


def flows_of_interface(opd: str, days: int) -> str:
    """The bytes that flows counted for an OPD, of those that its port or queue did, in hours that have both."""
    flows = _both_ways(opd, _flows)
    port = f"({_both_ways(opd, _port('interface'))} or {_both_ways(opd, _port('queue'))})"
    return f"sum_over_time(({flows} and {port})[{days}d:1h]) / sum_over_time(({port} and {flows})[{days}d:1h])"


def contradictions(uses: Mapping[str, MeasuredUse], books: float | None) -> tuple[Both, ...]:
    """Every contradiction in one sentence; ``books`` is flows over port, None where not both were measured."""
    notes = [
        filled(_ABOVE, WAY_NAMES[way], use.impossible, rate(use.speed)) for way, use in uses.items() if use.impossible
    ]
    if books is not None and not _LEAST <= books <= _MOST:
        notes.append(filled(_BOOKS, percent(books)) if books <= _MOST_SAID else _FAR_ABOVE)
    return tuple(notes)


def above_uplink(uses: Mapping[str, MeasuredUse]) -> tuple[Both, ...]:
    """The same of the uplink beside them: in how many of its means it was above what its port can carry."""
    return tuple(
        filled(_UPLINK_ABOVE, WAY_NAMES[way], use.impossible, rate(use.speed))
        for way, use in uses.items()
        if use.impossible
    )


def _both_ways(opd: str, mean: Callable[[str], str]) -> str:
    """Download and upload of one source together, a mean of an hour."""
    ways = (mean(f'lebarpita_opd_{way}_bytes_total{{opd="{opd}"') for way in ("receive", "transmit"))
    return f"({' + '.join(ways)})"


def _port(source: str) -> Callable[[str], str]:
    """A port or a queue: several series are several instances that asked it."""
    return lambda counter: f'max by (opd) (rate({counter},source="{source}"}}[1h]))'


def _flows(counter: str) -> str:
    """Collectors hear different exporters, or say that they are a pair."""
    alone, paired = (f'rate({counter},source="flow",pair{same}""}}[1h])' for same in ("=", "!="))
    return f"sum by (opd) (sum by (opd, scope) ({alone}) or max by (opd, scope, pair) ({paired}))"


_ABOVE = Both(
    "Data bertentangan: {} {} kali di atas kecepatan portnya ({}); rata-rata itu tidak dihitung.",
    "Contradictory data: {} was above the speed of its port {} times ({}); those means are left out.",
)
_UPLINK_ABOVE = Both(
    "Data bertentangan: {} uplink {} kali di atas kecepatan portnya ({}); rata-rata itu tidak dihitung.",
    "Contradictory data: {} of the uplink was above the speed of its port {} times ({}); those means are left out.",
)
_BOOKS = Both(
    "Data bertentangan: aliran (flow) mencatat {} dari byte yang dicatat antarmuka; wajarnya 90 sampai 105 %.",
    "Contradictory data: flows counted {} of the bytes that the interface counted; 90 to 105 % is normal.",
)
_FAR_ABOVE = Both(
    "Data bertentangan: aliran (flow) mencatat lebih dari sepuluh kali byte yang dicatat antarmuka; wajarnya 90 sampai"
    " 105 %.",
    "Contradictory data: flows counted more than ten times the bytes that the interface counted; 90 to 105 % is"
    " normal.",
)
