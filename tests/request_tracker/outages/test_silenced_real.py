"""A silence that somebody sets in a real Alertmanager: nobody is called meanwhile, and every page says who holds it."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alertmanager_real import alertmanager, post, send
from tracker_site import Site

from exporter.watch.outages import Outage, alert
from request_tracker.outages.follow import escalate
from request_tracker.outages.maintenance import CREATOR
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.silenced import follow_silences
from request_tracker.outages.tickets import reconcile

ROOT = "agg-timur"
CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


def silence(url: str, matchers: list[dict[str, object]], by: str, now: datetime) -> str:
    body = {
        "matchers": matchers,
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": by,
        "comment": "kabel sedang digeser",
    }
    return str(post(f"{url}/api/v2/silences", body)["silenceID"])


def by_root(expression: str) -> list[dict[str, object]]:
    return [{"name": "root", "value": expression, "isRegex": True, "isEqual": True}]


def test_a_silence_in_alertmanager_holds_the_calls_and_is_shown_as_such(site: Site, tmp_path: Path) -> None:
    desk, now = site.desk, datetime.now(UTC)
    (tmp_path / "alertmanager.yml").write_text(CONFIG, encoding="utf-8")
    with alertmanager(tmp_path / "alertmanager.yml", tmp_path) as url:
        send(url, [alert(Outage(ROOT, "link", now.timestamp(), ("rsud",), "silent"), now.timestamp(), None)])
        record = OutageRecord(ROOT, "link", "silent", ("rsud",), now.timestamp(), None, "watch")
        (number,) = reconcile(desk, [record], now)
        assert follow_silences(desk, url, now) == []
        identity = silence(url, by_root("agg-(timur|barat)"), "Budi", now)
        assert follow_silences(desk, url, now) == [number] and follow_silences(desk, url, now) == []
        assert escalate(desk, now + timedelta(minutes=30)) == []
        site.enter("technician")
        page = site.get(f"/gangguan/{number}")
        assert "Dibungkam di Alertmanager" in page and "Budi" in page and "kabel sedang digeser" in page
        assert "dibungkam di Alertmanager" in site.get("/gangguan")
        subprocess.run(["amtool", "silence", "expire", identity, f"--alertmanager.url={url}"], check=True)
        assert follow_silences(desk, url, now + timedelta(minutes=30)) == [number]
        # Its clock stood still for the half hour: the first call and no other.
        assert [to for _, to in escalate(desk, now + timedelta(minutes=31))] == ["role:technician"]
        assert "Dibungkam" not in site.get(f"/gangguan/{number}")


def test_a_silence_ends_at_its_end_also_where_alertmanager_is_dead_by_then(site: Site, tmp_path: Path) -> None:
    desk, now = site.desk, datetime.now(UTC)
    (tmp_path / "alertmanager.yml").write_text(CONFIG, encoding="utf-8")
    with alertmanager(tmp_path / "alertmanager.yml", tmp_path) as url:
        send(url, [alert(Outage(ROOT, "link", now.timestamp(), ("rsud",), "silent"), now.timestamp(), None)])
        reconcile(desk, [OutageRecord(ROOT, "link", "silent", ("rsud",), now.timestamp(), None, "watch")], now)
        silence(url, by_root(ROOT), "Budi", now)
        follow_silences(desk, url, now)
    assert escalate(desk, now + timedelta(minutes=59)) == []
    assert [to for _, to in escalate(desk, now + timedelta(minutes=61))] == ["role:technician"]
    assert "role:head_of_section" in [to for _, to in escalate(desk, now + timedelta(minutes=81))]


def test_what_does_not_match_and_what_is_our_own_holds_nothing(site: Site, tmp_path: Path) -> None:
    desk, now = site.desk, datetime.now(UTC)
    (tmp_path / "alertmanager.yml").write_text(CONFIG, encoding="utf-8")
    with alertmanager(tmp_path / "alertmanager.yml", tmp_path) as url:
        send(url, [alert(Outage(ROOT, "link", now.timestamp(), ("rsud",), "silent"), now.timestamp(), None)])
        reconcile(desk, [OutageRecord(ROOT, "link", "silent", ("rsud",), now.timestamp(), None, "watch")], now)
        silence(url, by_root("timur"), "Budi", now)
        silence(url, by_root(ROOT), CREATOR, now)
        assert follow_silences(desk, url, now) == []
    # Alertmanager is dead now: what was known stays, and calls go on.
    assert follow_silences(desk, url, now) == []
    assert len(escalate(desk, now)) == 1
