"""Changes made on a router, one command at a time, and a state that was read before made again.

There is one way back for every failure: read what is there now and turn it into what was before. So a command whose
answer was lost is never sent again blindly: the next reading says whether it was done.
"""

from collections.abc import Callable, Iterable, Mapping

from shaping.drivers.routeros.changes import Change, changes_between, queue_of
from shaping.drivers.routeros.queues import FIELDS, QueueSetting, changed_words, is_dynamic, queue_of_row
from shaping.drivers.routeros.wanted import Tag
from shaping.drivers.routeros.wire import ApiSession
from shaping.errors import ShapingError
from shaping.plan import Act

# A way back that is cut is begun again from a fresh reading; what is cut three times will be for ever.
_ATTEMPTS = 3
QUEUE = "/queue/simple"


def carry_out(session: ApiSession, change: Change) -> None:
    """One change. Raises RouterRefusal, SessionLost, or ShapingError where the row is not the one that was read."""
    before, after = change.before, change.after
    if before is not None and change.act in (Act.DELETE, Act.REPLACE):
        session.ask(f"{QUEUE}/remove", f"=.id={_identity(session, before)}")
    if after is not None and (before is None or change.act in (Act.ADD, Act.REPLACE)):
        session.ask(f"{QUEUE}/add", *_words(after.words))
    elif after is not None and before is not None:
        identity = _identity(session, before)
        session.ask(f"{QUEUE}/set", f"=.id={identity}", *_words(changed_words(before, after)))


def make_type(session: ApiSession, name: str, kind: str) -> None:
    """The queue type of the leaves. Raises RouterRefusal."""
    session.ask("/queue/type/add", f"=name={name}", f"=kind={kind}")


def remove_type(session: ApiSession, name: str) -> None:
    """Take it away where it is; one that is in use by somebody else's queue stays."""
    for row in session.ask("/queue/type/print", "=.proplist=.id,name", f"?name={name}").rows:
        if row.get("name") == name and ".id" in row:
            session.ask("/queue/type/remove", f"=.id={row['.id']}")


def restore(open_: Callable[[], ApiSession], tag: Tag, before: Mapping[str, QueueSetting], spare_type: str) -> None:
    """Make the state before again; ``spare_type`` was not there, '' where it was. Raises ShapingError.

    What was invalid held nobody and is not made again.
    """
    wanted = {name: queue for name, queue in before.items() if not queue.invalid}
    reason: Exception | None = None
    for _ in range(_ATTEMPTS):
        try:
            session = open_()
            for change in changes_between(tag, ours(session, tag), wanted):
                carry_out(session, change)
            if spare_type:
                remove_type(session, spare_type)
            if ours(session, tag) == wanted:
                return
            reason = ShapingError("what was read back is something else")
        except ShapingError as error:
            reason = error
    raise ShapingError(f"the state before could not be made again: {reason}")


def ours(session: ApiSession, tag: Tag) -> dict[str, QueueSetting]:
    """Our queues as they are now."""
    rows = session.ask(f"{QUEUE}/print", f"=.proplist={FIELDS}").rows
    mine = [row for row in rows if not is_dynamic(row) and tag.marks(row.get("comment", ""))]
    return {row.get("name", ""): queue_of_row(row) for row in mine}


def remove_all(session: ApiSession, tag: Tag) -> int:
    """Every queue of ours away, children first; how many."""
    gone = changes_between(tag, ours(session, tag), {})
    for change in gone:
        carry_out(session, change)
    return len(gone)


def named(change: Change) -> str:
    """A change in a sentence."""
    return f"{change.act} of {queue_of(change).name}"


def _identity(session: ApiSession, queue: QueueSetting) -> str:
    """The id of now: one is used again after a reboot or a removal, so name and comment must both fit (facts 1.33)."""
    rows = session.ask(f"{QUEUE}/print", "=.proplist=.id,name,comment,dynamic", f"?name={queue.name}").rows
    fitting = [row for row in rows if row.get("comment", "") == queue.comment and not is_dynamic(row)]
    if len(fitting) != 1 or not fitting[0].get(".id"):
        raise ShapingError(f"{queue.name}: somebody changed it meanwhile; plan again")
    return fitting[0][".id"]


def _words(words: Mapping[str, str]) -> Iterable[str]:
    return (f"={name}={value}" for name, value in words.items())
