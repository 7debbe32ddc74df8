"""Figures that a demo made up never pass for measured: every page, every paper's head, every picture says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from paper_examples import AT, measured
from paper_facts import OFFICE, WORDS, facts
from tracker_site import Site, new_site

from request_tracker.config import Office
from request_tracker.letters.bandwidth.paper import bandwidth
from request_tracker.letters.press.facts import letterhead
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.pictures import Limits, graph

BEFORE = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
DEMO = Office(**{**OFFICE.model_dump(), "made_up_before": BEFORE})
WORDS_ON_PAPER = "DATA KARANGAN (DEMO): angka sebelum 20 November 2026 pukul 01.05 bukan hasil ukur"


def test_the_head_of_every_paper_says_it_and_no_other_offices_does() -> None:
    assert letterhead(DEMO).address == f"Jalan Uji 1 · {WORDS_ON_PAPER}"
    assert letterhead(DEMO.model_copy(update={"address": ""})).address == WORDS_ON_PAPER
    assert letterhead(OFFICE).address == "Jalan Uji 1"


@pytest.mark.parametrize("kind", WORDS)
def test_every_kind_of_paper_has_that_head(kind: CasePaper) -> None:
    assert WORDS_ON_PAPER in kind.make(replace(facts(), office=DEMO)).head.address


def test_a_frozen_report_says_it_also_where_the_setting_is_gone() -> None:
    report = {**measured(), "notes": ("Data karangan (demo): angka sebelum ...",), "made_up_before": AT}
    paper = bandwidth(facts(), report)
    assert ("Catatan data", "Data karangan (demo): angka sebelum ...") in paper.pairs
    assert paper.svg != bandwidth(facts(), measured()).svg


def test_a_picture_shades_what_was_made_up_and_nothing_else() -> None:
    points = [(AT + hour * 3600, 1e6) for hour in range(48)]

    def local(at: datetime) -> datetime:
        return at + timedelta(hours=7)

    plain, shaded, later = (
        graph(points, points, Limits(made_up_before=before), local) for before in (None, AT + 3600.0, AT - 1.0)
    )
    assert shaded != plain and later == plain


@pytest.mark.parametrize("page", ["/", "/status", "/permohonan", "/masuk", "/sop"])
def test_every_page_says_it(tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    made = new_site(tmp_path, office=DEMO)
    text = made.get(page)
    made.desk.store.close()
    assert "Data karangan (demo): angka sebelum" in text and "20 November 2026 pukul 08.05 WIB" in text


def test_a_real_offices_page_does_not(site: Site) -> None:
    assert "karangan" not in site.get("/")
