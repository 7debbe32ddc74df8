"""The office as the stories see it: its Prometheus, its tickets and pages, read from outside while the lab runs."""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests

from dashboards.building import committed
from dashboards.contract import BoardQuery
from lab.client import Lab
from request_tracker.store.database import Store

T = TypeVar("T")
TABLES = Path("artifacts")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def until(what: str, ask: Callable[[], T], seconds: float = 120.0, pause: float = 0.1) -> T:
    """Ask until the answer is true; the last answer stands in the failure."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer or time.monotonic() > end:
            assert answer, f"{what}: still {answer!r} after {seconds:g} s"
            return answer
        time.sleep(pause)


def rows(lab: Lab, sql: str, *values: Any) -> list[dict[str, Any]]:
    """Read the tracker's database as an auditor would: read-only, beside the running service."""
    path = lab.paths.data("tracker") / "tracker.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


def tickets(lab: Lab, root: str, since: float = 0.0) -> list[dict[str, Any]]:
    """Tickets of a root that were opened since a moment."""
    return rows(lab, "SELECT * FROM tickets WHERE root = ? AND opened_at >= ? ORDER BY id", root, since)


def pages(lab: Lab, since: float, status: str = "firing") -> list[dict[str, Any]]:
    """Outage pages that reached the tracker since a moment, repeats counted."""
    wanted = (
        "SELECT * FROM deliveries WHERE alertname = 'LebarpitaOutage' AND status = ? AND received_at >= ? ORDER BY id"
    )
    return rows(lab, wanted, status, since)


def delivered(lab: Lab, alert: str, since: float) -> list[dict[str, Any]]:
    """The labels of an alert's deliveries to the tracker since a moment."""
    wanted = "SELECT * FROM deliveries WHERE alertname = ? AND status = 'firing' AND received_at >= ? ORDER BY id"
    return [json.loads(row["labels"]) for row in rows(lab, wanted, alert, since)]


def outages(lab: Lab, since: float) -> list[dict[str, Any]]:
    """Outages in the watch's journal that began since a moment."""
    told = requests.get(lab.url("exporter-watch", f"/outages?since={since}"), timeout=60).json()
    return [outage for outage in told["outages"] if outage["started_at"] >= since - 1]


def messages(lab: Lab, number: str, to: str, says: str = "") -> list[str]:
    """What the lab's inbox holds of that case or ticket for that person, the newest first."""
    articles = requests.get(lab.url("inbox"), timeout=60).text.split("<article>")
    return [text for text in articles if all(part in text for part in (number, f"<strong>{to}</strong>", says))]


def nothing_is_out(lab: Lab, since: float) -> None:
    """Nobody was paged since a moment and no ticket was opened."""
    assert pages(lab, since) == []
    assert rows(lab, "SELECT root FROM tickets WHERE opened_at >= ?", since) == []


def on_board(lab: Lab, board: str, figure: tuple[int, str], **variables: str) -> float | None:
    """What a board shows now: its panel's number and the query's legend in, the figure out."""
    (panel,) = [p for b in committed() if b["uid"] == board for p in b["panels"] if p["id"] == figure[0]]
    (target,) = [target for target in panel["targets"] if target["legendFormat"] == figure[1]]
    return prometheus(lab, BoardQuery(board, panel["title"], target["expr"]).filled(variables))


def prometheus(lab: Lab, expression: str, at: float | None = None) -> float | None:
    """The first value of an instant query, None where there is none."""
    given = {"query": expression} | ({"time": str(at)} if at else {})
    answer = requests.get(lab.url("prometheus", "/api/v1/query"), params=given, timeout=60).json()
    result = answer["data"]["result"]
    return float(result[0]["value"][1]) if result else None


def quiet(lab: Lab) -> None:
    """Wait until nothing is out: no outage in the watch's journal lasts and Alertmanager holds no outage alert."""

    def calm() -> bool:
        told = requests.get(lab.url("exporter-watch", "/outages?since=0"), timeout=60).json()
        alerts = requests.get(lab.url("alertmanager", "/api/v2/alerts"), timeout=60).json()
        lasting = [outage for outage in told["outages"] if outage["ended_at"] is None]
        return not lasting and not [alert for alert in alerts if alert["labels"].get("root")]

    until("the city is quiet", calm)


def made_older(lab: Lab, table: str, columns: Sequence[str], minutes: float, where: str, *values: Any) -> None:
    """Let minutes have passed for rows of the tracker, which are not waited for; it reads them anew each time.

    By the tracker's own store, beside it as its commands are: every row has its seal.
    """
    changes = ", ".join(f"{column} = {column} - {60 * minutes:g}" for column in columns)
    store = Store(lab.paths.data("tracker") / "tracker.db")
    with store.transaction() as db:
        assert db.execute(f"UPDATE {table} SET {changes} WHERE {where}", list(values)).rowcount
    store.close()


def after_a_turn(lab: Lab, job: str) -> None:
    """Wait until a job of the tracker's worker has begun and ended once more since now."""
    begun, last = time.time(), f'max(lebarpita_job_last_success_timestamp_seconds{{exported_job="{job}"}})'
    # The second end: the turn that was under way may have looked before.
    first = until(f"a turn of {job}", lambda: _later(prometheus(lab, last), begun), 300)
    until(f"another turn of {job}", lambda: _later(prometheus(lab, last), first), 300)


def _later(figure: float | None, moment: float) -> float:
    return figure if figure is not None and figure > moment else 0.0


@dataclass(frozen=True)
class Person:
    """Somebody at the tracker's pages, logged in."""

    lab: Lab
    session: requests.Session

    @classmethod
    def of(cls, lab: Lab, login: str) -> "Person":
        """One of the demo's people."""
        person = cls(lab, requests.Session())
        password = (lab.paths.secrets / f"password-{login}").read_text().strip()
        person.send("/masuk", login=login, password=password)
        return person

    def read(self, page: str) -> str:
        """A page, as it was answered."""
        answer = self.session.get(self.lab.url("tracker", page), timeout=120)
        answer.raise_for_status()
        return answer.text

    def send(self, page: str, **values: str) -> str:
        """Send the form of a page with what is hidden in it; the page it led to."""
        hidden = dict(HIDDEN.findall(self.read(page)))
        answer = self.session.post(self.lab.url("tracker", page), data={**hidden, **values}, timeout=120)
        answer.raise_for_status()
        return answer.text


def keep_table(name: str, lines: list[str]) -> None:
    """Print a table and keep it among the artefacts."""
    text = "\n".join(lines) + "\n"
    print(f"\n{text}")
    TABLES.mkdir(exist_ok=True)
    (TABLES / f"{name}.txt").write_text(text, encoding="utf-8")
