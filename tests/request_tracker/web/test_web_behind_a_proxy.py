"""Behind a proxy a rate limit is one visitor's, not the city's; what a visitor makes up of himself brings no second."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from tracker_site import Site

from request_tracker.web.app import create_app

NGINX, ALLOWED = "127.0.0.1", 20  # Wrong log-ins a minute from one address: PASSWORD_LIMIT.
Door = Callable[[str], int]


@pytest.fixture
def behind(site: Site) -> Callable[[int], Callable[[str | None], int]]:
    """A wrong log-in through so many proxies, with this X-Forwarded-For; the answer's status."""

    def made(proxies: int) -> Callable[[str | None], int]:
        office = site.client.application.extensions["office"]
        config = office.config.model_copy(update={"proxies": proxies})
        worker = Site(site.desk, create_app(replace(office, config=config)).test_client())

        def enter(forwarded: str | None) -> int:
            headers: Mapping[str, str] = {} if forwarded is None else {"X-Forwarded-For": forwarded}
            seen = {"environ_base": {"REMOTE_ADDR": NGINX}, "headers": headers}
            page = worker.client.get("/masuk", **seen).get_data(as_text=True)
            token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
            form = {"login": "nobody", "password": "salah", "csrf_token": token}
            return int(worker.client.post("/masuk", data=form, **seen).status_code)

        return enter

    return made


def test_one_visitor_who_used_his_up_costs_no_other_visitor_anything(behind: Callable[[int], Door]) -> None:
    enter = behind(1)
    assert [enter("203.0.113.7") for _ in range(ALLOWED + 2)] == [401] * ALLOWED + [429] * 2
    assert enter("203.0.113.8") == 401 and enter("2001:db8::7") == 401


def test_what_a_visitor_writes_before_the_proxys_line_is_no_new_visitor(behind: Callable[[int], Door]) -> None:
    enter = behind(1)
    answers = [enter(f"198.51.100.{number}, 203.0.113.7") for number in range(ALLOWED + 2)]
    assert answers == [401] * ALLOWED + [429] * 2


def test_of_two_proxies_the_visitor_is_whom_the_outer_one_saw(behind: Callable[[int], Door]) -> None:
    enter = behind(2)
    assert [enter(f"1.2.3.{n}, 203.0.113.7, 10.0.0.2") for n in range(ALLOWED + 1)][-1] == 429
    assert enter("203.0.113.8, 10.0.0.2") == 401


def test_without_proxies_nobody_gets_another_allowance_by_a_header(behind: Callable[[int], Door]) -> None:
    enter = behind(0)
    assert [enter(f"203.0.113.{number}") for number in range(ALLOWED + 1)][-1] == 429
