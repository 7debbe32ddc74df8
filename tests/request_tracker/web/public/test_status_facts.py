"""The public status says what the office decides to publish (``status_page``), and never a figure of traffic."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tracker_site import NOW, Site, new_site

from request_tracker.outages.maintenance import announce
from request_tracker.outages.outage_reports import AlertDelivery
from request_tracker.outages.tickets import deliver

PAGES = ("/status", "/lapor")
LINE = "Router distribusi timur"  # What people call agg-timur.


def broken_line(folder: Path, facts: tuple[str, ...] | None, root: str = "agg-timur", kind: str = "link") -> Site:
    """An office with an outage behind agg-timur, and what it publishes; None: as shipped."""
    settings: dict[str, Any] = {} if facts is None else {"status_page": facts}
    site = new_site(folder, **settings)
    labels = {"alertname": "LebarpitaOutage", "root": root, "kind": kind, "severity": "critical"}
    annotations = {"cause": "link_down", "offices": "dishub,rsud"}
    alert = AlertDelivery(
        fingerprint="f1",
        status="firing",
        labels=labels,
        annotations=annotations,
        starts_at=NOW.isoformat(),
        started_at=NOW.timestamp(),
        ended_at=None,
    )
    assert deliver(site.desk, [alert], NOW)
    return site


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")


def names(site: Site) -> list[str]:
    return [site.desk.city.opd(code).name for code in ("dishub", "rsud")]


def main_of(page: str) -> str:
    return page.split("<main")[1].split("<form")[0]


def test_as_shipped_an_outage_is_told_by_the_names_of_the_offices_without_traffic(tmp_path: Path) -> None:
    site = broken_line(tmp_path, None)
    for page in PAGES:
        text = main_of(site.get(page))
        assert all(name in text for name in names(site)), page
        assert "bit/s" not in text and "%" not in text, page
    assert "gangguan sedang ditangani" in site.get("/")


def test_an_office_may_publish_neither_names_nor_lines_nor_numbers(tmp_path: Path) -> None:
    site = broken_line(tmp_path, ("maintenance",))
    number = site.desk.store.value("SELECT number FROM tickets")
    for page in PAGES:
        text = main_of(site.get(page))
        assert "sejak" in text and "agg-timur" not in text and LINE not in text and number not in text, page
        assert not [name for name in names(site) if name in text], page
    look = site.get("/lapor?opd=rsud")
    assert "sedang ditangani" not in look and number not in look


@pytest.mark.parametrize("fact", ["offices", "lines", "estimates", "tickets", "maintenance"])
def test_each_fact_is_published_where_it_is_chosen_and_none_of_the_others(tmp_path: Path, fact: str) -> None:
    site = broken_line(tmp_path, (fact,))
    announce(site.desk.store, "agg-barat", (NOW, NOW + timedelta(hours=2)), "ganti perangkat", "noc")
    text = main_of(site.get("/status"))
    shown = {
        "offices": all(name in text for name in names(site)),
        "lines": LINE in text,
        "estimates": "Estimasi pulih" in text,
        "tickets": str(site.desk.store.value("SELECT number FROM tickets")) in text,
        "maintenance": "ganti perangkat" in text,
    }
    assert [name for name, seen in shown.items() if seen] == [fact]
    assert "agg-timur" not in text, "a key of the city file"


def test_the_line_of_an_office_whose_name_is_not_published_has_no_name(tmp_path: Path) -> None:
    site = broken_line(tmp_path, ("lines",), "timur-rsud", "opd")
    for page in PAGES:
        text = main_of(site.get(page))
        assert "Rumah Sakit" not in text and "timur-rsud" not in text, page


def test_an_office_may_publish_no_outage_at_all(tmp_path: Path) -> None:
    site = broken_line(tmp_path, ())
    assert "tidak menerbitkan gangguan" in site.get("/status")
    for page in ("/", *PAGES):
        assert (
            "agg-timur" not in site.get(page)
            and LINE not in site.get(page)
            and "gangguan sedang ditangani" not in site.get(page)
        )


def test_a_report_joins_its_outage_also_where_it_is_not_published(tmp_path: Path) -> None:
    site = broken_line(tmp_path, ())
    form = {"opd": "rsud", "contact_name": "Operator", "contact_phone": "0285 000", "description": "mati", "key": "k"}
    assert site.post("/lapor", **form).status_code == 200
    assert site.desk.store.value("SELECT count(*) FROM tickets") == 1
