"""A silence that somebody sets in a real Alertmanager: nobody is called meanwhile, and every page says who holds it."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alertmanager_real import alertmanager, listed, post, send
from children import until
from tracker_site import Site

from exporter.watch.outages import Outage, alert
from request_tracker.outages.alertmanager import CREATOR
from request_tracker.outages.follow import escalate
from request_tracker.outages.maintenance import announce, finish
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.silenced import follow_silences
from request_tracker.outages.tickets import reconcile
from request_tracker.outages.work_silences import place_silences
from request_tracker.store.chain import stamp

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


def test_PKL_G_MNT_announced_work_silences_a_whole_subtree_in_alertmanager_and_nothing_else(
    site: Site, tmp_path: Path
) -> None:
    desk, now = site.desk, datetime.now(UTC)
    (tmp_path / "alertmanager.yml").write_text(CONFIG, encoding="utf-8")
    roots = {"agg-timur": "link", "timur-rsud": "opd", "agg-utara": "link", "utara-dinkes": "opd"}
    with alertmanager(tmp_path / "alertmanager.yml", tmp_path) as url:

        def silent() -> set[str]:
            rows = [row for row in listed(url) if row["status"]["state"] == "suppressed"]
            return {row["labels"]["root"] for row in rows}

        window = announce(desk.store, "dist-timur", (now, now + timedelta(hours=1)), "ganti serat", "user:1")
        assert place_silences(desk.store, desk.city, url, now) == 1
        for root, kind in roots.items():
            send(url, [alert(Outage(root, kind, now.timestamp(), ("rsud",), "silent"), now.timestamp(), None)])
        until(lambda: silent() == {"agg-timur", "timur-rsud"}, "the work's subtree is silent, and it alone")
        finish(desk.store, window, now + timedelta(minutes=1))
        assert place_silences(desk.store, desk.city, url, now + timedelta(minutes=1)) == 1
        until(lambda: silent() == set(), "what ended early is told again")
        assert len(listed(url)) == len(roots)


def test_PKL_G_MNT_warnings_of_links_devices_and_offices_behind_the_work_are_silent_in_alertmanager_too(
    site: Site, tmp_path: Path
) -> None:
    desk, now = site.desk, datetime.now(UTC)
    (tmp_path / "alertmanager.yml").write_text(CONFIG, encoding="utf-8")
    behind = [
        {"alertname": "LebarpitaLinkDegraded", "link": "agg-timur"},
        {"alertname": "LebarpitaLinkErrors", "link": "timur-rsud"},
        {"alertname": "LebarpitaDeviceSilent", "device": "dist-timur"},
        {"alertname": "LebarpitaGuaranteeMissed", "opd": "rsud", "direction": "receive"},
    ]
    beside = [
        {"alertname": "LebarpitaLinkDegraded", "link": "agg-utara"},
        {"alertname": "LebarpitaDeviceSilent", "device": "dist-utara"},
        {"alertname": "LebarpitaAttackSigns", "opd": "rsud"},
    ]
    with alertmanager(tmp_path / "alertmanager.yml", tmp_path) as url:

        def silent() -> list[dict[str, str]]:
            return [row["labels"] for row in listed(url) if row["status"]["state"] == "suppressed"]

        def in_order(rows: list[dict[str, str]]) -> list[str]:
            return sorted(str(sorted(row.items())) for row in rows)

        window = announce(desk.store, "dist-timur", (now, now + timedelta(hours=1)), "ganti serat", "user:1")
        assert place_silences(desk.store, desk.city, url, now) == 1
        send(url, [{"labels": labels} for labels in behind + beside])
        until(lambda: in_order(silent()) == in_order(behind), "all behind the work is silent, and it alone")
        assert place_silences(desk.store, desk.city, url, now) == 0  # What it holds is what was wanted.
        with desk.store.transaction() as db:
            later = stamp(now + timedelta(hours=2))
            db.execute("UPDATE maintenance SET ends_at = ? WHERE id = ?", [later, window])
        assert place_silences(desk.store, desk.city, url, now) == 1
        assert place_silences(desk.store, desk.city, url, now) == 0
        lost = desk.store.value("SELECT silence FROM work_silences WHERE label = 'link'")
        subprocess.run(["amtool", "silence", "expire", lost, f"--alertmanager.url={url}"], check=True)
        until(lambda: in_order(silent()) == in_order(behind[2:]), "what was lost is told")
        assert place_silences(desk.store, desk.city, url, now) == 1
        until(lambda: in_order(silent()) == in_order(behind), "and mended")
        finish(desk.store, window, now + timedelta(minutes=1))
        assert place_silences(desk.store, desk.city, url, now + timedelta(minutes=1)) == 1
        until(lambda: silent() == [], "what ended early is told again")
