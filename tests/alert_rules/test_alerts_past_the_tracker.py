"""A real Alertmanager with the shipped routes: the tracker dead, the office's mail server is told of it."""

import subprocess
import time
from pathlib import Path

from alertmanager_real import alertmanager, send
from children import until
from mail_server import MailServer, mails
from ports import free_port
from tree import EXAMPLE_CITY

from alert_rules.building import build
from alert_rules.office import OfficeAlerts
from lab import configs
from lab.options import Options

__all__ = ["mails"]


def shipped(folder: Path, mail_port: int) -> Path:
    """As an office builds it that has a mail server: nobody listens where the tracker should be."""
    (folder / "webhook").write_text("s" * 32)
    mail = {
        "to": ["administrator@kota.test"],
        "from": "lebarpita@kota.test",
        "smarthost": f"127.0.0.1:{mail_port}",
        "tls": False,
    }
    told = {
        "tracker": "https://lebarpita.kota.test",
        "inventory": str(EXAMPLE_CITY),
        "second_way": {"mail": mail},
        "addresses": {"tracker": f"127.0.0.1:{free_port()}"},
        "secrets": {"webhook": str(folder / "webhook")},
    }
    build(OfficeAlerts.model_validate(told), folder)
    return folder / "alertmanager.yml"


def tell(url: str, *alerts: dict[str, str]) -> None:
    send(
        url,
        [
            {"labels": labels, "annotations": {"summary": f"ringkasan {labels['alertname']}", "description": "uji"}}
            for labels in alerts
        ],
    )


def test_the_tracker_dead_the_mail_server_is_told(tmp_path: Path, mails: MailServer) -> None:
    with alertmanager(shipped(tmp_path, mails.server_address[1]), tmp_path) as url:
        tell(
            url,
            {"alertname": "LebarpitaFlowLoss", "severity": "critical", "exporter": "core"},
            {"alertname": "LebarpitaPartDown", "severity": "warning", "part": "tracker"},
            {"alertname": "LebarpitaJobStale", "severity": "critical", "part": "tracker", "task": "outbox"},
        )
        until(lambda: len(mails.mails) >= 2, "two mails")
        time.sleep(0.5)
    subjects = sorted(line for mail in mails.mails for line in mail.splitlines() if line.startswith("Subject: "))
    assert [subject.strip() for subject in subjects] == [
        "Subject: [lebarpita] ringkasan LebarpitaJobStale",
        "Subject: [lebarpita] ringkasan LebarpitaPartDown",
    ]
    assert all("To: administrator@kota.test" in mail for mail in mails.mails)


def test_the_lab_s_alertmanager_has_the_routes_and_no_mail(tmp_path: Path) -> None:
    build(configs.alerts(Options(), "127.0.0.1", tmp_path), tmp_path)
    text = (tmp_path / "alertmanager.yml").read_text(encoding="utf-8")
    assert "email_configs" not in text and "receiver: past-the-tracker" in text
    done = subprocess.run(
        ["amtool", "check-config", str(tmp_path / "alertmanager.yml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
