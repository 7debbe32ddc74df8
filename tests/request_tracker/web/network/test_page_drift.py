"""The page of differences: the report of drift with its age and its edits, and plain words where there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from tracker_site import NOW, Site, new_site

from inventory.divergence import Divergence, DriftKind, DriftReport, Edit, EditKind
from request_tracker.evidence.prometheus import Prometheus, Sample
from request_tracker.web.network.drift import HEADINGS, VERBS

NEIGHBOUR = Divergence(
    kind=DriftKind.NEIGHBOUR,
    subject="ap-lantai-2",
    indonesian="perangkat 10.9.0.1 di dist/e9 belum tertulis",
    english="device 10.9.0.1 at dist/e9 is not written",
    edits=(Edit(kind=EditKind.ADD, where="devices", lines=("- {name: ap-lantai-2, address: 10.9.0.1}",)),),
)
Made = Callable[..., Site]


@pytest.fixture
def page_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")

    def make(report: DriftReport | str | None) -> Site:
        file = tmp_path / "drift.json"
        if report is not None:
            file.write_text(report if isinstance(report, str) else report.model_dump_json())
        site = new_site(tmp_path, drift=file)
        site.enter("technician")
        return site

    return make


def report(*divergences: Divergence, silent: tuple[str, ...] = (), days: int = 0, offices: bool = True) -> DriftReport:
    return DriftReport(
        made_at=NOW - timedelta(days=days),
        city="Kota",
        devices=5,
        offices_checked=offices,
        divergences=divergences,
        silent=silent,
    )


def test_each_difference_stands_under_its_heading_with_the_edit_that_mends_it(page_with: Made) -> None:
    page = page_with(report(NEIGHBOUR)).get("/selisih")
    assert "Perangkat baru" in page
    assert "perangkat 10.9.0.1 di dist/e9 belum tertulis" in page
    assert "<code>- {name: ap-lantai-2, address: 10.9.0.1}</code>" in page
    assert "Nama yang berubah" not in page
    assert "tidak ada selisih" not in page


def test_the_page_is_in_the_menu_of_the_network(page_with: Made) -> None:
    assert 'href="/selisih"' in page_with(report()).get("/kesediaan")


def test_a_clean_report_says_so_and_an_old_one_says_that_now_is_not_known(page_with: Made, tmp_path: Path) -> None:
    site = page_with(report())
    fresh = site.get("/selisih")
    assert "Semua perangkat menjawab dan tidak ada selisih." in fresh
    assert "keadaan sekarang tidak diketahui" not in fresh
    (tmp_path / "drift.json").write_text(report(days=3).model_dump_json())
    assert "keadaan sekarang tidak diketahui" in site.get("/selisih")


def test_a_silent_device_is_no_device_without_a_difference(page_with: Made) -> None:
    page = page_with(report(silent=("10.0.0.2: timed out",), offices=False)).get("/selisih")
    assert '<li lang="en">10.0.0.2: timed out</li>' in page
    assert "tidak ada selisih" not in page
    assert "Lalu lintas OPD selama sebulan tidak diperiksa." in page


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "Pemeriksaan ini belum pernah dijalankan."), ("{}", "Hasil pemeriksaan tidak dapat dibaca.")],
)
def test_without_a_report_the_page_says_why_and_who_makes_it(content: str | None, said: str, page_with: Made) -> None:
    page = page_with(content).get("/selisih")
    assert said in page
    assert "Administrator menjadwalkannya di server pemantauan" in page


def test_an_office_that_has_not_set_it_up_is_told(site: Site) -> None:
    site.enter("technician")
    assert "Pemeriksaan ini belum dipasang." in site.get("/selisih")


def test_every_kind_of_difference_and_edit_has_its_words() -> None:
    assert set(HEADINGS) == set(DriftKind)
    assert set(VERBS) == set(EditKind)


@dataclass(frozen=True)
class Heard(Prometheus):
    """A Prometheus by which these addresses have sent flows."""

    senders: tuple[tuple[str, float], ...] = ()

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        assert "lebarpita_flow_refused_sender_datagrams" in expression
        return [Sample({"address": address}, datagrams, 0.0) for address, datagrams in self.senders]


def heard(site: Site, *senders: tuple[str, float]) -> str:
    extensions = site.client.application.extensions
    extensions["office"] = replace(extensions["office"], prometheus=Heard(None, senders=senders))
    return site.get("/selisih")


def test_who_sends_flows_unwritten_stands_there_with_the_line_that_adds_it(page_with: Made) -> None:
    page = heard(page_with(report()), ("10.1.2.3", 479.0), ("10.255.0.2", 12.0), ("<b>x</b>", 1.0))
    assert "Ada yang mengirim flow tanpa tertulis" in page and "Jam ini 479 datagram ditolak." in page
    assert page.index("10.1.2.3") < page.index("10.255.0.2") and "<b>x" not in page and "&lt;b&gt;x" not in page
    assert "Itu alamat Router agregasi. Tambahkan?" in page and "<code>devices agg</code>" in page
    assert "flows:\n  - {address: 10.1.2.3}" in page


def test_where_nobody_sends_unwritten_nothing_is_said_and_where_nobody_knows_it_is(page_with: Made) -> None:
    site = page_with(report())
    assert "Prometheus tidak menjawab" in site.get("/selisih")
    page = heard(site)
    assert 'id="pengirim"' not in page and "Prometheus tidak menjawab" not in page
