"""The log of requests: one line each that names the page, the person and the end, and nothing that is secret."""

import logging
import re

import pytest
from tracker_site import Site

from request_tracker.web.shell.request_log import UNTOLD

NAME = "request_tracker.web.shell.request_log"


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, NAME)
    return caplog


def lines(told: pytest.LogCaptureFixture) -> list[str]:
    found = [record.getMessage() for record in told.records if record.name == NAME]
    told.clear()
    return found


def test_a_page_is_one_line_with_who_asked_for_it_and_how_it_ended(site: Site, told: pytest.LogCaptureFixture) -> None:
    user = site.enter("technician")
    lines(told)
    site.get("/noc?halaman=1")
    (line,) = lines(told)
    shape = (
        r"event=request method=GET page=/noc status=200 milliseconds=\d+\.\d bytes=\d+ address=127.0.0.1 who=user:\d+"
    )
    assert re.fullmatch(shape, line), line
    assert line.endswith(f"who=user:{user}")


def test_neither_a_secret_link_nor_what_was_searched_for_stands_in_it(
    site: Site, told: pytest.LogCaptureFixture
) -> None:
    answer = site.client.get("/lacak/rahasia-yang-panjang-sekali?q=08123456")
    (line,) = lines(told)
    assert f"page=/lacak/<token> status={answer.status_code} " in line
    assert "rahasia" not in line and "0812" not in line
    assert line.endswith(" who=public")


def test_an_address_of_nobody_is_named_by_nothing_of_itself(site: Site, told: pytest.LogCaptureFixture) -> None:
    site.client.get("/.env%0Aevent=forged")
    (line,) = lines(told)
    assert " page=- status=404 " in line
    assert "forged" not in line


def test_a_proxy_s_header_that_is_no_address_forges_no_line(site: Site, told: pytest.LogCaptureFixture) -> None:
    site.client.get("/", environ_base={"REMOTE_ADDR": "x who=user:1"})
    (line,) = lines(told)
    assert " address=- " in line


def test_what_machines_ask_all_the_time_is_told_only_when_it_fails(
    site: Site, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.get("/healthz")
    site.get("/readyz")
    assert lines(told) == []
    monkeypatch.setattr("request_tracker.web.api.calls._ready", lambda: False)
    assert site.client.get("/readyz").status_code == 503
    assert len(lines(told)) == 1
    assert set(UNTOLD) <= set(site.client.application.view_functions)


def test_a_program_is_named_by_its_token(site: Site, told: pytest.LogCaptureFixture) -> None:
    site.client.get("/api/cases/1", headers={"Authorization": "Bearer salah"})
    (line,) = lines(told)
    assert " status=401 " in line and "salah" not in line
