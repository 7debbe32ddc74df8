"""Columns over time as a picture: layers that stand on each other, a scale that is read at once, links, no scripts."""

import re
from xml.etree import ElementTree

import pytest

from request_tracker.chart.columns import HEIGHT, REST, StackColumn, draw_columns, scale_of, swatch


def column(*sizes: float, title: str = "10.00") -> StackColumn:
    return StackColumn(sizes=sizes, href="/pemakai?a=1&b='2", title=title)


@pytest.mark.parametrize(("largest", "top"), [(0, 1), (1, 1), (1.2, 1.5), (95e6, 100e6), (101e6, 150e6), (7.5e9, 8e9)])
def test_the_scale_ends_at_a_number_that_is_read_at_once(largest: float, top: float) -> None:
    assert scale_of(largest) == top


def test_layers_stand_on_each_other_and_the_rest_is_grey_on_top() -> None:
    picture = ElementTree.fromstring(draw_columns([column(30.0, 20.0, 10.0)], [], 120.0))
    bars = [
        (float(bar.get("y", 0)), float(bar.get("height", 0)), bar.get("fill"))
        for bar in picture.iter()
        if bar.get("fill")
    ]
    bars = [bar for bar in bars if bar[2] != "#ffffff"]
    assert [(y, high) for y, high, _ in bars] == [(HEIGHT * 0.75, 60), (HEIGHT * 0.75 - 40, 40), (HEIGHT / 2, 20)]
    assert bars[-1][2] == REST and len({fill for _, _, fill in bars}) == 3


def test_names_and_addresses_of_hostile_letters_stay_text() -> None:
    text = str(draw_columns([column(1.0, title="<script>alert('x')</script>")], [0.5], 1.0))
    assert "<script" not in text and "part-before" in text
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert not re.search(r"style=|on\w+=", text)


def test_nothing_to_draw_is_an_empty_picture_and_the_rest_has_its_own_swatch() -> None:
    assert ElementTree.fromstring(draw_columns([], [], 1.0)) is not None
    assert REST in swatch(None) and REST in swatch(99) and REST not in swatch(0)
