"""What a router says of itself and of its queues: a session in, one immutable state out. It only reads.

What is asked here is all that the least-privilege group may read; ``docs/how-to/shaping-routeros.md`` has its commands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shaping.drivers.routeros.bypass import bypasses
from shaping.drivers.routeros.queues import FIELDS, QueueSetting, is_dynamic, is_enabled, queue_of_row, targets_of
from shaping.drivers.routeros.wanted import PREFIX, Tag
from shaping.drivers.routeros.wire import ApiSession, Row
from shaping.errors import ShapingError

Version = tuple[int, int, int]
# Older ones log in otherwise (facts 1.11); of one after 7 nothing is known.
OLDEST, NEWEST_MAJOR = (6, 43, 0), 7
# From here on a router has codel, fq-codel and cake (facts 3.4).
_NEW_KINDS: Version = (7, 1, 0)
# MikroTik's changelog of 7.17.1 lists the fix (facts 9.1).
_UNSTABLE: Version = (7, 17, 0)


@dataclass(frozen=True, kw_only=True)
class RouterState:
    """``ours`` by name with their rows; ``foreign`` are the rows that stand above them or would; in the router's order.

    ``strangers`` have a name like ours and not our comment.
    ``bypasses`` says what lets packets pass beside queues, ``notes`` what a person should know of this router.
    """

    version: Version
    ours: Mapping[str, QueueSetting]
    rows: Mapping[str, Row]
    foreign: tuple[Row, ...]
    strangers: tuple[Row, ...]
    types: Mapping[str, str]
    bypasses: tuple[str, ...]
    most_queues: int | None
    notes: tuple[str, ...]

    @property
    def kind(self) -> tuple[str, str]:
        """Name and kind of the queue type for leaves: each flow waits in its own line, so that none delays another."""
        kind = "fq-codel" if self.version >= _NEW_KINDS else "sfq"
        return f"lebarpita-{kind}", kind


def read_state(session: ApiSession, tag: Tag, places: Sequence[str]) -> RouterState:
    """Everything at once, of a line between these interfaces. Raises ShapingError where nothing is known of it."""
    resource = session.ask("/system/resource/print", "=.proplist=version,board-name").rows
    version = version_of(resource[0].get("version", "") if resource else "")
    rows = session.ask("/queue/simple/print", f"=.proplist={FIELDS}").rows
    mine = {row.get("name", ""): row for row in rows if not is_dynamic(row) and tag.marks(row.get("comment", ""))}
    types = session.ask("/queue/type/print", "=.proplist=name,kind").rows
    most, notes = _licence(session.ask("/system/license/print").rows)
    return RouterState(
        version=version,
        ours={name: queue_of_row(row) for name, row in mine.items()},
        rows=mine,
        foreign=_above(rows, mine, tag),
        strangers=tuple(row for row in rows if row.get("name", "").startswith(PREFIX) and row.get("name") not in mine),
        types={row["name"]: row.get("kind", "") for row in types if "name" in row},
        bypasses=bypasses(session, version, places),
        most_queues=most,
        notes=(*notes, *_unstable(version)),
    )


def version_of(text: str) -> Version:
    """``7.18.2 (stable)`` or ``7.16rc1 (testing)`` as numbers. Raises ShapingError for one that is not known."""
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    version = (int(match[1]), int(match[2]), int(match[3] or 0)) if match else (0, 0, 0)
    if version < OLDEST or version[0] > NEWEST_MAJOR:
        raise ShapingError(f"RouterOS {text or 'without a version'} is not known here (6.43 to 7); use driver: manual")
    return version


def _above(rows: tuple[Row, ...], mine: Mapping[str, Row], tag: Tag) -> tuple[Row, ...]:
    """Enabled queues of others at the top, which a packet meets before our parent: the first that matches wins."""
    top: list[Row] = []
    for row in rows:
        if row.get("name") == tag.parent and tag.parent in mine:
            return tuple(top)
        if row.get("parent", "none") == "none" and row.get("name") not in mine and is_enabled(row) and targets_of(row):
            top.append(row)
    return tuple(top)


def _unstable(version: Version) -> tuple[str, ...]:
    """What is told of this very version (facts 9.1)."""
    note = "RouterOS 7.17 is told to be unstable where many simple queues are added; 7.17.1 has the fix: upgrade first"
    return (note,) if version == _UNSTABLE else ()


def _licence(rows: tuple[Row, ...]) -> tuple[int | None, tuple[str, ...]]:
    row = rows[0] if rows else {}
    if row.get("nlevel") == "1":
        return 1, ("licence level 1 is the free demo: it allows one queue",)
    if row.get("level") == "free":
        return None, ("this CHR's licence is free: each interface sends 1 Mbit/s at most, whatever the queues say",)
    return None, ()
