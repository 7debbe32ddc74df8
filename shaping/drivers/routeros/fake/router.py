"""A fake router: sentences of a session in, sentences out. It holds the menus, the scheduler and safe mode; no sockets.

Time is the ``clock`` it was made with: its scheduler runs what is due before each command, and at ``tick``.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shaping.drivers.routeros.fake import script
from shaping.drivers.routeros.fake.menus import Menu, Row, TrapReply, passes
from shaping.drivers.routeros.fake.queue_rules import COUNTERS, check_row, is_address
from shaping.drivers.routeros.fake.switches import Version
from shaping.drivers.routeros.fake.tables import (
    FILTER6,
    INTERFACES,
    QUEUES,
    SCHEDULER,
    TYPES,
    Make,
    menus_of,
    seconds_of,
)

Sentences = list[list[str]]
# Replies without rows say so (facts 1.8), and safe mode is there (5.1), from this version on.
FIRST_EMPTY: Version = (7, 18, 0)
# More actions than this, and safe mode is left with nothing undone (facts 5.2).
MOST_SAFE_ACTIONS = 100
# The manual's older traces write a truth so (facts 1.30).
_OLD_TRUTHS = {"true": "yes", "false": "no"}
CHANGES = ("add", "set", "remove", "move", "enable", "disable")


@dataclass
class Hold:
    """Safe mode: whose session took it, what was before, and how many changes since."""

    session: object
    before: dict[str, list[Row]]
    actions: int = 0


@dataclass
class FakeRouter:
    """``policies`` are those of the one user."""

    make: Make = field(default_factory=Make)
    user: str = "lebarpita"
    password: str = "fake"
    policies: frozenset[str] = frozenset(("read", "write", "api"))
    clock: Callable[[], float] = time.monotonic
    menus: dict[str, Menu] = field(init=False)
    hold: Hold | None = None
    due: dict[str, float] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.menus = menus_of(self.make)

    def answer(self, session: object, words: Sequence[str]) -> Sentences:
        """What the router says to one sentence of a session that is logged in."""
        with self.lock:
            self.tick()
            try:
                return self._answer(session, words)
            except TrapReply as refusal:
                category = [f"=category={refusal.category}"] if refusal.category is not None else []
                return [["!trap", *category, f"=message={refusal}"], ["!done"]]

    def tick(self) -> None:
        """Run every entry of the scheduler that is due."""
        with self.lock:
            for row in list(self.menus[SCHEDULER].rows):
                if self.clock() >= self.due.get(row[".id"], float("inf")) and row["disabled"] == "false":
                    self._fire(row)

    def leave(self, session: object) -> None:
        """The session is over, however: what it did in safe mode is undone."""
        with self.lock:
            if self.hold is not None and self.hold.session is session:
                if self.make.switches.lost_safe_mode == "undone":
                    self._unroll()
                self.hold = None

    def _answer(self, session: object, words: Sequence[str]) -> Sentences:
        path, _, verb = words[0].rpartition("/")
        sent = dict(word[1:].partition("=")[::2] for word in words[1:] if word.startswith("="))
        queries = [word[1:] for word in words[1:] if word.startswith("?")]
        if path == "/safe-mode" and self.make.number >= FIRST_EMPTY:
            return self._safe_mode(session, verb)
        menu = self.menus.get(path)
        if menu is None or (path == FILTER6 and self.make.number < (6, 0, 0)):
            raise TrapReply(
                "no such command prefix" if self.make.number < (7, 0, 0) else f"no such command or directory ({path})",
                0,
            )
        if verb in ("print", "getall"):
            return self._print(menu, sent, queries)
        if verb not in CHANGES or menu.singleton:
            raise TrapReply("no such command", 0)
        if queries:
            raise TrapReply("missing =.id=", 0)
        self._allowed("write")
        identity = self.change(path, verb, sent)
        return self._ended([f"=ret={identity}"] if identity else [])

    def change(self, path: str, verb: str, sent: Mapping[str, str]) -> str | None:
        """One change of a menu, whole or not at all; an add gives its id. Raises TrapReply."""
        menu, before = self.menus[path], [row.copy() for row in self.menus[path].rows]
        try:
            identity = self._change(menu, verb, dict(sent))
        except TrapReply:
            menu.rows = before
            raise
        if self.hold is not None:
            self.hold.actions += 1
        return identity

    def _change(self, menu: Menu, verb: str, sent: dict[str, str]) -> str | None:
        if verb == "add":
            return self._add(menu, sent)
        numbers = sent.pop(".id", None) or sent.pop("numbers", None)
        if not numbers:
            raise TrapReply("missing =.id=", 0)
        if verb == "move":
            menu.move(numbers, sent.get("destination"))
            return None
        for row in menu.select(numbers):
            if row.get("dynamic") == "true" and self.make.switches.dynamic_change == "refused":
                raise TrapReply("failure: can not change dynamic")
            if verb == "remove":
                self._remove(menu, row)
            else:
                self._set(menu, row, sent if verb == "set" else {"disabled": "yes" if verb == "disable" else "no"})
        return None

    def _add(self, menu: Menu, sent: dict[str, str]) -> str:
        if menu.path == SCHEDULER:
            self._scheduler_rights(sent)
        identity = menu.add(sent)
        row = menu.rows[menu.place(identity)]
        row["name"] = row.get("name") or f"queue{len(menu.rows)}"
        self._check(menu, row)
        if menu.path == SCHEDULER:
            first = 0 if self.make.switches.scheduler_first == "at_once" else seconds_of(row["interval"])
            self.due[identity] = self.clock() + first
        return identity

    def _set(self, menu: Menu, row: Row, sent: dict[str, str]) -> None:
        name = row.get("name")
        menu.change(row, sent)
        self._check(menu, row)
        if menu.path == QUEUES:
            for child in menu.rows:
                child["parent"] = row["name"] if child["parent"] == name else child["parent"]
            if self.make.switches.counters_after_set == "zeroed":
                row.update(dict.fromkeys(COUNTERS, "0/0"))

    def _remove(self, menu: Menu, row: Row) -> None:
        if row.get("default") == "true":
            raise TrapReply("failure: can not remove default")
        if menu.path == QUEUES:
            for child in (other for other in menu.rows if other["parent"] == row["name"]):
                if self.make.switches.parent_removal == "refused":
                    raise TrapReply("failure: in use by another queue (the fake's own words)")
                child.update({"parent": row[".id"], "invalid": "true"})
        menu.rows.remove(row)

    def _check(self, menu: Menu, row: Row) -> None:
        if menu.path == QUEUES:
            check_row(row, menu.rows, self.make.switches)
            if self.make.level == "1" and len(menu.rows) > 1:
                raise TrapReply("failure: license level allows 1 queue (the fake's own words)")
        elif menu.path == TYPES and sum(other["name"] == row["name"] for other in menu.rows) > 1:
            raise TrapReply("failure: already have such name")

    def _scheduler_rights(self, sent: Mapping[str, str]) -> None:
        policies = {policy for policy in sent.get("policy", "").split(",") if policy}
        if self.make.switches.scheduler_policy == "needs_policy":
            self._allowed("policy")
        if not policies <= self.policies:
            raise TrapReply("not enough permissions (9)")

    def _allowed(self, policy: str) -> None:
        if policy not in self.policies:
            raise TrapReply("not enough permissions (9)")

    def _print(self, menu: Menu, sent: Mapping[str, str], queries: Sequence[str]) -> Sentences:
        self._allowed("read")
        rows = [row for row in map(self._shown(menu, "stats" in sent), menu.rows) if passes(row, queries)]
        if "count-only" in sent:
            return [["!done", f"=ret={len(rows)}"]]
        names = [name for name in sent.get(".proplist", "").split(",") if name]
        shown_rows = [{name: row[name] for name in names if name in row} if names else row for row in rows]
        sentences = [["!re", *(f"={name}={value}" for name, value in row.items())] for row in shown_rows]
        empty = [["!empty"]] if not sentences and self.make.number >= FIRST_EMPTY else []
        return [*sentences, *empty, ["!done"]]

    def _shown(self, menu: Menu, stats: bool) -> Callable[[Row], Row]:
        hides = self.make.switches.counters == "with_stats" and not stats and menu.path == QUEUES
        absent = self.make.switches.empty_comment == "absent"
        interfaces = {row["name"] for row in self.menus[INTERFACES].rows}
        says_invalid = self.make.switches.lost_interface == "invalid" and menu.path == QUEUES

        def shown(row: Row) -> Row:
            row = {name: value for name, value in row.items() if not (hides and name in COUNTERS)}
            if absent and row.get("comment") == "":
                del row["comment"]
            if says_invalid and not (is_address(row["target"].split(",")[0]) or row["target"] in interfaces):
                row["invalid"] = "true"
            if self.make.switches.booleans == "yes_no":
                row = {name: _OLD_TRUTHS.get(value, value) for name, value in row.items()}
            return {**row, "next-run": "soon"} if menu.path == SCHEDULER else row

        return shown

    def _ended(self, extra: list[str]) -> Sentences:
        says = self.make.switches.empty_after_change == "yes" and self.make.number >= FIRST_EMPTY
        return [*([["!empty"]] if says and not extra else []), ["!done", *extra]]

    def _safe_mode(self, session: object, verb: str) -> Sentences:
        if verb == "print":
            mine = self.hold is not None and self.hold.session is session
            state = "true" if self.hold else "false"
            return [["!re", f"=enabled={state}", f"=current={'true' if mine else 'false'}"], ["!done"]]
        self._allowed("write")
        if verb == "take":
            if self.hold is not None:
                raise TrapReply("failure: safe mode is held by another session (the fake's own words)")
            self.hold = Hold(session, {path: [row.copy() for row in menu.rows] for path, menu in self.menus.items()})
        elif verb in ("release", "unroll"):
            if self.hold is None:
                raise TrapReply("failure: not in safe mode (the fake's own words)")
            if verb == "unroll":
                self._unroll()
            self.hold = None
        else:
            raise TrapReply("no such command", 0)
        return self._ended([])

    def _unroll(self) -> None:
        assert self.hold is not None
        if self.hold.actions <= MOST_SAFE_ACTIONS:
            for path, rows in self.hold.before.items():
                self.menus[path].rows = rows

    def _fire(self, row: Row) -> None:
        interval = seconds_of(row["interval"])
        row["run-count"] = str(int(row["run-count"]) + 1)
        self.due[row[".id"]] = self.clock() + interval if interval else float("inf")
        # An entry without the right does nothing but a line in the log (facts 5.9).
        if "write" not in row.get("policy", "write").split(","):
            return
        try:
            script.run(row.get("on-event", ""), self.menus, self.change)
        except TrapReply:
            return
