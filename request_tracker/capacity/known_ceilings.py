"""Over how much known ceiling a replay's hours count: one direction's figures in, what is said beside them out. Pure.

One wording for the command, the page and the paper.
"""

from collections.abc import Mapping
from typing import Any

from request_tracker.evidence.advice import all_but, known_for
from request_tracker.evidence.saying import percent
from request_tracker.words.bilingual import Both, filled

# Below it some office's ceiling was not known for more than the odd point, as ``all_but`` allows of one.
_WHOLE = 0.999


def ceiling_notes(way: Mapping[str, Any]) -> tuple[Both, ...]:
    """What is not known of the ceilings; nothing where all are, or of an answer from before it was kept.

    ``way`` holds the fields of ``WayEffects`` as data.
    """
    if "ceiling_days" not in way:
        return ()
    notes = []
    if way["measured_days"] and not way["ceiling_days"]:
        notes.append(_NEVER)
    elif all_but(way["ceiling_days"], way["measured_days"]):
        notes.append(known_for(way["ceiling_days"], way["measured_days"]))
    if way["measured_all"] and way["ceiling_share_all"] < _WHOLE:
        notes.append(filled(_OF_ALL, percent(way["ceiling_share_all"])))
    return tuple(notes)


_NEVER = Both(
    "Plafon OPD ini tidak diketahui pada waktu yang terukur: jam di plafon tidak dapat dihitung.",
    "This office's ceiling is not known in the time that was measured: hours at it cannot be counted.",
)
_OF_ALL = Both(
    "Plafon semua OPD diketahui pada {} dari waktu terukur; di luar itu pemakaian dianggap seluruh kebutuhannya.",
    "The ceilings of all offices are known for {} of the measured time; elsewhere use counts as all that was wanted.",
)
