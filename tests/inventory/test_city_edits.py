"""A changed entry is read alone, and what comes of it is what the whole text gives, whatever was changed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from new_office import with_office
from tree import EXAMPLE_CITY

from inventory import city_edits
from inventory.city_edits import TakenApart, edited, taken_apart
from runtime.lined_yaml import UnreadableError, load, plain

CITY = EXAMPLE_CITY.read_text(encoding="utf-8")


def whole(text: str) -> TakenApart:
    return taken_apart(text, load(text, "city.yaml", ""))


BEFORE = whole(CITY)
LINES = CITY.splitlines(keepends=True)
# What a line may become: other entries, keys, ends of quotes and lists, blocks of text, anchors, documents, comments.
ODD = (
    *(
        "  - {code: baru, name: Baru}\n",
        "- {code: baru}\n",
        "    name: x\n",
        "opds:\n",
        "links: []\n",
        "# x\n",
        "\n",
        '"\n',
    ),
    *("  - |\n", "  - a: >\n", "    - x\n", "  - &a {code: x}\n", "  - *a\n", "---\n", "...\n", "%YAML 1.1\n", "  ]\n"),
    *("  - {a: [\n", "  -\n", "  - 'it\n", "\t- x\n", "  - ? x\n", "x: &a [1]\n", "  - - y\n", "   - z\n"),
    "  - {code: baru, name: \u2028}\n",
)
PLACES = st.integers(0, len(LINES))


def same(text: str) -> bool:
    """Whether the change was read alone; where it was, it is the whole text's values and places."""
    short = edited(BEFORE, text)
    if short is not None:
        assert short == whole(text)
    return short is not None


def test_one_office_changed_added_or_taken_away_is_read_alone() -> None:
    assert same(CITY.replace("Dinas Kesehatan", "Dinas Kesehatan Kota"))
    assert same(with_office())
    entry = BEFORE.entries["opds"]
    assert same("".join((*LINES[: entry[2]], *LINES[entry[3] :])))
    last = "".join(LINES[: entry[-1]])
    assert same(last) and same(f"{CITY}  - {{code: baru, name: Baru}}\n")


def test_what_it_reads_is_no_more_than_the_entries_around_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def listen(text: str, file: str, wanted: str) -> object:
        read.append(text)
        return load(text, file, wanted)

    monkeypatch.setattr(city_edits, "load", listen)
    assert edited(BEFORE, with_office()) is not None
    # The list's key and two entries, in the links and in the offices.
    assert len(read) == 2 and all(len(text.splitlines()) <= 6 for text in read)


def test_a_change_of_the_city_itself_or_of_its_keys_is_read_whole() -> None:
    assert not same(CITY.replace("watch_from:", "watch_from :"))
    assert not same(CITY.replace("opds:", "offices:"))
    assert not same(CITY.replace("\nuplinks:", "\n\nup: 1\nuplinks:"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLACES, st.integers(0, 6), st.lists(st.sampled_from((*ODD, *LINES)), max_size=5))
def test_whatever_is_put_in_place_of_any_lines_it_is_the_whole_text_s_values_or_no_answer(
    place: int, removed: int, put: list[str]
) -> None:
    text = "".join((*LINES[:place], *put, *LINES[place + removed :]))
    short = edited(BEFORE, text)
    if short is not None:
        assert plain(load(text, "city.yaml", "")) == short.values
        assert short == whole(text)


def test_what_is_no_yaml_has_no_answer() -> None:
    for odd in ("  - {a: [\n", '  - "x\n'):
        text = f"{CITY}{odd}"
        assert edited(BEFORE, text) is None
        try:
            load(text, "city.yaml", "")
        except UnreadableError:
            continue
        raise AssertionError(odd)
