"""A page that cannot be made says why: the storage, or a fault of ours with a number that the log has, once."""

import errno
import logging
import re
import sqlite3

import pytest
from flask import Flask
from jinja2 import DictLoader
from tracker_site import Site

from request_tracker.errors import TrackerError
from request_tracker.words.limit_refusals import LIMIT_REFUSALS

STORAGE = LIMIT_REFUSALS["storage_away"][0]
NUMBER = re.compile(r"nomor ([0-9a-f]{8})\b")


def breaks(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let ``/status`` raise it."""

    def office() -> None:
        raise error

    monkeypatch.setattr("request_tracker.web.public.front.office", office)


def planted(app: Flask, **templates: str) -> None:
    """Let these stand in the place of ours."""
    app.jinja_loader = DictLoader({f"{name}.html": text for name, text in templates.items()})
    app.jinja_env.cache = {}


def missing_name() -> Exception:
    try:
        sqlite3.connect(":memory:").execute("SELECT nothing_such")
    except sqlite3.Error as error:
        return error
    raise AssertionError("SQLite knows that column")


def of_code(code: int) -> Exception:
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyError("x"), missing_name()], ids=["sum", "key", "statement"])
def test_a_fault_of_ours_is_said_as_one_with_the_number_of_the_log(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    breaks(monkeypatch, error)
    answer = site.client.get("/status")
    number = NUMBER.search(answer.text)
    assert answer.status_code == 500 and number and STORAGE not in answer.text
    lines = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [number[1] in line.getMessage() for line in lines] == [True] and lines[0].exc_info


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error"),
        of_code(sqlite3.SQLITE_IOERR_READ),
        of_code(sqlite3.SQLITE_BUSY),
        of_code(sqlite3.SQLITE_CORRUPT),
    ],
    ids=["disk", "read", "held", "damaged"],
)
def test_storage_that_cannot_be_read_is_said_as_storage(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    breaks(monkeypatch, error)
    answer = site.client.get("/status")
    assert answer.status_code == 503 and STORAGE in answer.text and not NUMBER.search(answer.text)
    assert caplog.text.count("reason=storage_away") == 1


@pytest.mark.parametrize(
    "template", ["{{ 1 // 0 }}", "{% include 'gone.html' %}", "{% if %}", "{{ nobody.name.first }}"]
)
def test_a_fault_in_a_template_is_not_called_storage_also_where_it_is_in_the_frame_of_all_pages(
    site: Site, caplog: pytest.LogCaptureFixture, template: str
) -> None:
    planted(site.client.application, status=template, failure=template)
    answer = site.client.get("/status")
    assert answer.status_code == 500 and NUMBER.search(answer.text) and STORAGE not in answer.text
    assert "<" not in answer.text and "Content-Security-Policy" in answer.headers
    assert caplog.text.count("Traceback") == 1


def test_a_refusal_whose_page_is_broken_keeps_its_sentence_and_the_log_has_why(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    planted(site.client.application, failure="{{ 1 // 0 }}")
    answer = site.client.get("/tidak-ada")
    assert (answer.status_code, answer.text) == (404, "Halaman ini tidak ada.")
    assert "event=failure_page_failed" in caplog.text and "ZeroDivisionError" in caplog.text


def test_what_breaks_after_the_page_is_told_alike_and_names_no_address(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = site.client.application
    app.testing = False  # Flask hands on what it cannot answer only to tests.

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app.session_interface, "save_session", fails)
    with caplog.at_level(logging.ERROR):
        answer = site.client.get("/lacak/rahasia-orang")
    assert answer.status_code == 500 and NUMBER.search(answer.text)
    assert "rahasia-orang" not in caplog.text and caplog.text.count("event=page_failed") == 1


def test_a_program_is_told_the_same_in_json(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(site.client.application.view_functions, "api.health", fails)
    answer = site.client.get("/api/health")
    assert answer.status_code == 500 and NUMBER.search(answer.get_json()["error"])


def test_what_the_administrator_mends_is_in_the_log_once_without_what_was_typed(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    breaks(monkeypatch, TrackerError("surat.typ line 3: 'rahasia orang' is no template; mend it"))
    answer = site.client.get("/status?kata=rahasia")
    assert answer.status_code == 400 and "surat.typ line 3" in answer.text
    (line,) = (record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING)
    assert line.startswith("event=page_for_the_administrator kind=TrackerError raised=test_failures:")
    assert line.endswith("route=/status") and "rahasia" not in line
