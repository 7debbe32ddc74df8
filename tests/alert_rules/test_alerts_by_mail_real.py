"""A real Alertmanager as built and a mail server: resolved mails look resolved, warnings wait in the quiet hours."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alertmanager_real import alertmanager, listed, send
from children import until
from mail_server import MailServer, mails
from ports import free_port
from tree import EXAMPLE_CITY

from alert_rules.building import build
from alert_rules.office import OfficeAlerts, zone_of

__all__ = ["mails"]


def office(folder: Path, port: int, quiet: dict[str, str] | None) -> OfficeAlerts:
    """One whose duty is mailed what is critical and what is a warning."""
    (folder / "webhook").write_text("s" * 32)
    mail = {
        "to": ["piket@kota.test"],
        "from": "lebarpita@kota.test",
        "smarthost": f"127.0.0.1:{port}",
        "tls": False,
    }
    receiver = {"name": "piket", "duty": ["outage"], "severity": ["critical", "warning"], "mail": mail}
    settings = {
        "tracker": "https://lebarpita.kota.test",
        "inventory": str(EXAMPLE_CITY),
        "receivers": [receiver],
        "quiet_hours": quiet,
        "addresses": {"tracker": f"127.0.0.1:{free_port()}"},
        "secrets": {"webhook": str(folder / "webhook")},
    }
    return OfficeAlerts.model_validate(settings)


def at_once(folder: Path, built: OfficeAlerts) -> Path:
    """The built file with no wait for company: what is looked at here is who is told, not when."""
    build(built, folder)
    file = folder / "alertmanager.yml"
    text = re.sub(r"group_wait: \w+", "group_wait: 0s", file.read_text(encoding="utf-8"))
    file.write_text(re.sub(r"group_interval: \w+", "group_interval: 1s", text), encoding="utf-8")
    return file


def outage(root: str, ends: datetime) -> dict[str, object]:
    return {
        "labels": {"alertname": "LebarpitaOutage", "severity": "critical", "root": root},
        "annotations": {"summary": f"{root} terputus, 3 OPD", "description": "uji"},
        "endsAt": ends.isoformat(),
    }


def warning(link: str, ends: datetime) -> dict[str, object]:
    return {
        "labels": {"alertname": "LebarpitaLinkDegraded", "severity": "warning", "link": link},
        "annotations": {"summary": f"{link} kehilangan 10 %", "description": "uji"},
        "endsAt": ends.isoformat(),
    }


def test_a_resolved_mail_looks_resolved(tmp_path: Path, mails: MailServer) -> None:
    file, now = at_once(tmp_path, office(tmp_path, mails.server_address[1], None)), datetime.now(UTC)
    with alertmanager(file, tmp_path) as url:
        send(url, [outage("agg-timur", now + timedelta(hours=1))])
        until(lambda: len(mails.mails) == 1, "the mail of the outage")
        send(url, [outage("agg-timur", datetime.now(UTC))])
        until(lambda: len(mails.mails) == 2, "the mail of its end")
    assert mails.subjects == ["[lebarpita] agg-timur terputus, 3 OPD", "[lebarpita] PULIH: agg-timur terputus, 3 OPD"]


@pytest.mark.parametrize("quiet", [True, False], ids=["in the quiet hours", "by day"])
def test_a_warning_waits_in_the_quiet_hours_and_an_outage_does_not(
    tmp_path: Path, mails: MailServer, quiet: bool
) -> None:
    port, now = mails.server_address[1], datetime.now(UTC)
    here = now.astimezone(ZoneInfo(zone_of(office(tmp_path, port, None))))
    # Around now where they are to hold, and far from now where not: of the office's clock, not of the server's.
    begin, end = (-2, 2) if quiet else (10, 14)
    hours = {
        "from": (here + timedelta(hours=begin)).strftime("%H:%M"),
        "until": (here + timedelta(hours=end)).strftime("%H:%M"),
    }
    with alertmanager(at_once(tmp_path, office(tmp_path, port, hours)), tmp_path) as url:
        send(url, [warning("agg-utara", now + timedelta(hours=1))])
        until(lambda: len(listed(url)) == 1, "the warning has come")
        if not quiet:
            until(lambda: len(mails.mails) == 1, "the mail of the warning")
        send(url, [outage("agg-timur", now + timedelta(hours=1))])
        until(lambda: any("terputus" in subject for subject in mails.subjects), "the mail of the outage")
        # A second outage, so that the warning had time for several turns of its group.
        send(url, [outage("agg-utara", now + timedelta(hours=1))])
        until(lambda: sum("terputus" in subject for subject in mails.subjects) == 2, "the second one's")
    warned = [subject for subject in mails.subjects if "kehilangan" in subject]
    assert warned == ([] if quiet else ["[lebarpita] agg-utara kehilangan 10 %"])
