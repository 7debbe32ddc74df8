"""Charts that stand in pages: bars in tables, months of availability; what is unknown never looks like nought."""

import re

import pytest

from request_tracker.chart.availability_months import AvailabilityMonth, draw_months, floor_of
from request_tracker.chart.bars import draw_bar


def month(share: float | None, measured: float = 1.0, title: str = "Mei") -> AvailabilityMonth:
    return AvailabilityMonth(share=share, measured=measured, href="/bulanan/2026-05/uplink/a", title=title)


@pytest.mark.parametrize(("share", "length"), [(0.0, "0.00"), (0.25, "25.00"), (1.0, "100.00"), (1.7, "100.00")])
def test_a_bar_is_as_long_as_its_share(share: float, length: str) -> None:
    assert f"class='part-up' width='{length}'" in draw_bar(share)


def test_an_unknown_share_is_an_empty_bar_with_a_broken_outline() -> None:
    drawn = draw_bar(None)
    assert "part-unknown" in drawn and "part-up" not in drawn and "aria-hidden='true'" in drawn


@pytest.mark.parametrize(
    ("shares", "floor"),
    [([], 0.99), ([1.0], 0.99), ([0.9951, 1.0], 0.99), ([0.99], 0.98), ([0.93], 0.9), ([0.2], 0.0), ([0.0], 0.0)],
)
def test_a_scale_begins_below_everything_that_was_measured(shares: list[float], floor: float) -> None:
    assert floor_of(shares) == floor


def test_a_month_s_column_ends_at_its_share_and_loses_the_rest_from_above() -> None:
    drawn = draw_months([month(0.975)], 0.95)
    lost = re.search(r"class='part-lost'[^>]*y='0.00'[^>]*height='([\d.]+)'", drawn)
    up = re.search(r"class='part-up'[^>]*height='([\d.]+)'", drawn)
    assert lost and up and lost[1] == up[1], "97.5 % is half way between 95 % and 100 %"


def test_a_month_that_cannot_be_judged_is_grey_over_its_whole_height_and_says_how_much_was_measured() -> None:
    drawn = draw_months([month(None, 0.5)], 0.99)
    assert "part-unknown" in drawn and "part-up" not in drawn and "part-lost" not in drawn
    assert re.search(r"class='part-measured'[^>]*height='13.00'", drawn), "half of the strip of 26"


def test_a_title_with_signs_of_its_own_breaks_no_picture() -> None:
    assert "<title>&lt;b&gt; &amp; &#x27;" in draw_months([month(1.0, title="<b> & '")], 0.99)


def test_no_picture_carries_a_colour_or_a_style_of_its_own() -> None:
    """The sheet has the colours, of which a dark page has others; the content security policy lets no style pass."""
    for drawn in (draw_bar(0.5), draw_bar(None), draw_months([month(0.999), month(None)], 0.99)):
        assert not re.search(r"style=|#[0-9a-f]{3,6}|<script", drawn)
