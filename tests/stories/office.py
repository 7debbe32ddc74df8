"""The office as the stories see it: its Prometheus, its tickets and pages, read from outside while the lab runs."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import requests

from dashboards.building import committed
from dashboards.contract import BoardQuery
from lab.client import Lab

T = TypeVar("T")
TABLES = Path("artifacts")


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


def messages(lab: Lab, number: str, to: str) -> list[str]:
    """What the lab's inbox holds of that case or ticket for that person, the newest first."""
    articles = requests.get(lab.url("inbox"), timeout=60).text.split("<article>")
    return [article for article in articles if number in article and f"<strong>{to}</strong>" in article]


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


def keep_table(name: str, lines: list[str]) -> None:
    """Print a table and keep it among the artefacts."""
    text = "\n".join(lines) + "\n"
    print(f"\n{text}")
    TABLES.mkdir(exist_ok=True)
    (TABLES / f"{name}.txt").write_text(text, encoding="utf-8")
