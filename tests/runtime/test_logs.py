"""One event a line, whatever is logged: our events, a traceback, a library's words; nobody's address in passing."""

import logging

import pytest

from runtime.logs import LINE, EventFormatter, is_told


def line(message: str, *values: object, level: int = logging.INFO, error: Exception | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("apprise", level, "x.py", 1, message, values, told)
    return EventFormatter(LINE).format(record) if is_told(record) else ""


def test_an_event_is_a_line() -> None:
    assert line("event=called tickets=%d", 2).endswith(" level=INFO event=called tickets=2")


def test_a_traceback_is_the_end_of_its_line() -> None:
    try:
        raise KeyError("jalur")
    except KeyError as error:
        text = line("event=page_failed number=%s", "A1", level=logging.ERROR, error=error)
    assert "\n" not in text and " event=page_failed number=A1 traceback='Traceback (most recent" in text
    assert "jalur" in text[text.index("KeyError: ") :]


@pytest.mark.parametrize("words", ["two\nlines", "event=x reason=a\r\ntime=1 level=INFO event=forged"])
def test_what_others_wrote_into_a_value_makes_no_second_line(words: str) -> None:
    text = line(words, level=logging.WARNING)
    assert len(text.splitlines()) == 1


def test_a_library_s_complaint_is_an_event_with_its_name() -> None:
    text = line("Failed to send to %s", "gateway", level=logging.WARNING)
    assert text.endswith("level=WARNING event=library logger=apprise text='Failed to send to gateway'")


def test_what_a_library_says_in_passing_is_left_out() -> None:
    assert line('Sent Email notification to "warga@contoh.id".') == ""
