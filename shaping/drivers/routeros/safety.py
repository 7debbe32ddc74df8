"""The router's own way back, for when nobody can reach it: armed before a change, gone with its confirmation.

From 7.18 on it is safe mode: the router undoes what a session did that ends before its release. Else, or where more is
changed than safe mode remembers, it is an entry of the scheduler, which fires after some seconds and removes itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shaping.drivers.routeros.console import guarded
from shaping.drivers.routeros.wire import ApiSession, RouterRefusal
from shaping.errors import ShapingError

SCHEDULER = "/system/scheduler"
_FIRST_SAFE_MODE = (7, 18, 0)
# Safe mode forgets all above a hundred actions, and nothing is undone then (facts 5.2); a tenth is left for others.
_MOST_SAFE_CHANGES = 90
# Log-in over TLS takes a small router a second or two; then come the changes, with two commands each, and the reading.
_BASE_SECONDS, _SECONDS_A_CHANGE = 10, 0.2
# Nobody has said how long an entry may be; 500 changes have some 60,000 letters.
_LONGEST_SCRIPT = 65_536


@dataclass(frozen=True)
class Net:
    """What was armed: the ``session`` of safe mode, or an ``entry`` of the scheduler that fires after so long."""

    session: ApiSession | None
    entry: str = ""
    seconds: int = 0

    @property
    def sentence(self) -> str:
        """Who takes back what, where nobody here can."""
        if self.session is not None:
            return "the router takes it back when it notices that this session has gone (safe mode; minutes, it may be)"
        return f"the router takes it back {self.seconds} s after the change (scheduler, {self.entry})"


@dataclass(frozen=True)
class UndoScript:
    """How many changes there will be, and the console's lines that would take all of them back."""

    changes: int
    lines: Sequence[str]


def arm(session: ApiSession, version: tuple[int, int, int], entry: str, way: UndoScript) -> Net:
    """Before the first change. Raises ShapingError: then nothing was changed."""
    # One of an earlier change that nobody confirmed would take this one back.
    remove_entry(session, entry)
    if version >= _FIRST_SAFE_MODE and way.changes <= _MOST_SAFE_CHANGES and _take(session):
        return Net(session)
    seconds = _BASE_SECONDS + int(_SECONDS_A_CHANGE * way.changes)
    script = "\n".join([*guarded(way.lines), *guarded([f'/system scheduler remove [find name="{entry}"]'])])
    if len(script) > _LONGEST_SCRIPT:
        raise ShapingError(
            f"the way back has {len(script)} letters, too many for the scheduler; change fewer OPDs at once"
        )
    words = (f"=name={entry}", f"=interval={seconds}s", "=policy=read,write", f"=on-event={script}")
    try:
        session.ask(f"{SCHEDULER}/add", *words, "=comment=lebarpita: takes back a change that nobody confirmed")
    except RouterRefusal as refusal:
        step = "the group needs read, write and api, and device-mode must allow the scheduler"
        raise ShapingError(f"no way back could be armed, so nothing was changed: {refusal}; {step}") from refusal
    if not _entries(session, entry):
        raise ShapingError("the way back was armed and is not there: this router ran it at once; nothing was changed")
    return Net(None, entry, seconds)


def confirm(session: ApiSession, net: Net) -> None:
    """The change stays. Raises ShapingError where the router has taken it back, or may still do so."""
    if net.session is not None:
        if net.session is not session or session.lost:
            raise ShapingError("the session that made the change was lost: the router takes it back; plan again")
        session.ask("/safe-mode/release")
        return
    entries = _entries(session, net.entry)
    try:
        removals = [session.ask(f"{SCHEDULER}/remove", f"=.id={identity}") for identity in entries]
    except RouterRefusal:
        # It fired between the look and the removal, and took itself away.
        removals = []
    if not removals:
        raise ShapingError("the router has taken the change back: it was not confirmed in time; plan again")
    remove_entry(session, net.entry)


def unroll(net: Net) -> None:
    """Have the router take back what was done in safe mode; whether it did is read afterwards."""
    if net.session is None or net.session.lost:
        return
    try:
        net.session.ask("/safe-mode/unroll")
    except ShapingError:
        # A session that ends does the same.
        net.session.close()


def _take(session: ApiSession) -> bool:
    try:
        session.ask("/safe-mode/take")
    except RouterRefusal:
        # Somebody else holds it, or this build has none: the scheduler is there on every version.
        return False
    return True


def _entries(session: ApiSession, name: str) -> list[str]:
    rows = session.ask(f"{SCHEDULER}/print", "=.proplist=.id,name", f"?name={name}").rows
    return [row[".id"] for row in rows if row.get("name") == name and ".id" in row]


def remove_entry(session: ApiSession, name: str) -> None:
    """Removed by its id, and seen to be gone: else it fires after the confirmation (facts 5.12)."""
    for identity in _entries(session, name):
        session.ask(f"{SCHEDULER}/remove", f"=.id={identity}")
    if _entries(session, name):
        raise ShapingError(f"{SCHEDULER}: {name} cannot be removed and would take the change back; remove it by hand")
