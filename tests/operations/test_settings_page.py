"""The reference of settings: none without words, none that is gone, and every example is one that its part takes."""

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from docs.settings_page import FILES, SettingRow, setting_rows, settings_page, unit, usual, words

ROWS = {row.name: row for row in setting_rows()}


def accepted(row: SettingRow, value: object) -> Any:
    """The value as the part itself reads it. Raises ValidationError where it refuses it."""
    # "setting" stands for nothing: Annotated wants something beside the type, and most fields have no bounds.
    kind: Any = Annotated[row.info.annotation, "setting", *row.info.metadata]
    return TypeAdapter(kind).validate_python(value)


def test_every_setting_has_its_words_and_no_words_are_of_a_setting_that_is_gone() -> None:
    assert sorted(ROWS.keys() - words().keys()) == []
    assert sorted(words().keys() - ROWS.keys()) == []


@pytest.mark.parametrize("name", ROWS)
def test_an_example_is_taken_by_the_part_that_reads_it(name: str) -> None:
    accepted(ROWS[name], words()[name]["example"])


def test_a_row_of_words_is_a_sentence_an_example_and_perhaps_a_unit() -> None:
    """A comma without quotes would make another row of it unseen."""
    assert sorted(name for name, row in words().items() if "too many" in row or "example" not in row) == []


def test_an_example_that_a_part_refuses_is_found() -> None:
    with pytest.raises(ValidationError):
        accepted(ROWS["exporter.yaml watch.interval_seconds"], 0.01)


def test_a_number_has_its_unit() -> None:
    """Rates, and numbers whose names do not say what they count, say it in their words."""
    bare = [name for name, row in ROWS.items() if row.info.annotation in (int, float) and not unit(row)]
    assert bare == []


def test_the_page_tells_key_usual_value_unit_reader_and_example_of_every_setting() -> None:
    page = settings_page()
    assert page.count("\n| `") == len(ROWS) > 150
    assert "| `watch.lasting_seconds` | `2.05` | seconds | watch |" in page
    assert "| `database` | required |  | tracker |" in page and "| `2 Gbit/s`" not in page
    assert [file for file, _, _ in FILES if f"## {file}\n" not in page] == []
    assert usual(ROWS["tracker.yaml proxies"].info) == "0"
