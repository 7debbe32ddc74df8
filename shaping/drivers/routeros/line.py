"""The one session of a driver with its router: opened when it is needed, kept, and opened anew after it was lost.

A tape stands in for it: ``record`` writes down what was read, without secrets, and ``replay`` answers from it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from runtime.files import write_whole
from shaping.drivers.base import RouterAccess, Site
from shaping.drivers.routeros.wire import ApiAnswer, ApiSession, RouterRefusal, SessionLost, open_session
from shaping.errors import ShapingError

T = TypeVar("T")
# What says who owns a router or its people, and nothing about queues: it is no part of a recording.
_SECRETS = ("password", "software-id", "system-id", "serial-number")
_HIDDEN = "***"


class RouterLine:
    """Where a router is, and the session with it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._session: ApiSession | None = None

    @property
    def place(self) -> str:
        """For a sentence."""
        return f"router {self.access.address}"

    @property
    def access(self) -> RouterAccess:
        """How it is reached. Raises ShapingError where shaping.yaml does not say it."""
        access = self._site.router
        if access is None:
            step = "needs router: in shaping.yaml, with user, password and certificate"
            raise ShapingError(f"uplink {self._site.uplink}: driver: routeros {step}")
        device = self._site.city.device(self._site.city.uplink(self._site.uplink).device)
        return access if access.address else replace(access, address=str(device.address))

    def session(self) -> ApiSession:
        """The session, opened where there is none. Raises ShapingError."""
        if self._session is None or self._session.lost:
            self._session = open_session(self.access)
        return self._session

    def close(self) -> None:
        """End it."""
        if self._session is not None:
            self._session.close()
        self._session = None

    def reading(self, work: Callable[[ApiSession], T]) -> T:
        """Work that changes nothing, begun again once where an old session turns out to be gone."""
        fresh = self._session is None or self._session.lost
        try:
            return work(self.session())
        except SessionLost:
            if fresh:
                raise
            return work(self.session())

    def record(self, tape: Path, work: Callable[[], object]) -> str:
        """Do the work in a session of its own and write down what was said and heard."""
        self.close()
        sentences: list[tuple[bool, list[str]]] = []
        session = self._session = open_session(self.access, lambda said, words: sentences.append((said, list(words))))
        try:
            work()
        finally:
            session.close()
            lines = [json.dumps({"said" if said else "heard": [*map(_hidden, words)]}) for said, words in sentences]
            write_whole(tape, ("\n".join(lines) + "\n").encode())
        return f"{tape}: {sum(said for said, _ in sentences)} commands and their answers; read it before you send it"

    def replay(self, tape: Path) -> None:
        """A recording in the router's place. Raises ShapingError for a file that is none."""
        self._session = Recording(tape)


def _hidden(word: str) -> str:
    name = word[1:].partition("=")[0]
    return f"={name}={_HIDDEN}" if word.startswith("=") and name in _SECRETS else word


class Recording(ApiSession):
    """A session that answers what a recording holds, and refuses everything else."""

    def __init__(self, tape: Path) -> None:
        self.lost = False
        self._place = str(tape)
        try:
            rows = [json.loads(line) for line in tape.read_text("utf-8").splitlines()]
            self._answers = _answers(rows)
        except (ValueError, KeyError, TypeError) as error:
            raise ShapingError(f"{tape}: is no recording of lebarpita-shaping record: {error!r}") from error

    def ask(self, command: str, *words: str) -> ApiAnswer:
        """As it was recorded."""
        sentences = self._answers.get((command, *words))
        if sentences is None:
            raise RouterRefusal(f"{self._place}: {command} was not recorded")
        return self._answer(command, iter(sentences))

    def close(self) -> None:
        """There is nothing to end."""


def _answers(rows: Sequence[Any]) -> dict[tuple[str, ...], list[list[str]]]:
    answers: dict[tuple[str, ...], list[list[str]]] = {}
    heard: list[list[str]] = []
    for row in rows:
        if "said" in row:
            heard = answers.setdefault(tuple(map(str, row["said"])), [])
        else:
            heard.append([*map(str, row["heard"])])
    return answers
