"""All bad weather at once: Prometheus takes half a minute, names are not found, the mail server hangs.

Every page answers or says why, nothing that was told is lost, and once the weather is over every message comes once.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apprise
import pytest
from receivers import config, smtp_receiver
from tracker_site import NOW, PASSWORD, Site

from request_tracker.evidence import prometheus
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.notifications import delivery
from request_tracker.notifications.delivery import send_outbox
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.addresses import set_address
from request_tracker.worker import Worker
from runtime.bounded_http import Bounds

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Nama", "contact_phone": "08"}
OFFICIALS = ("head_of_office", "head_of_division", "head_of_section", "technician")
PAGES = ("/", "/status", "/permohonan", "/lapor", "/kasus", "/wall", "/kesediaan", "/noc", "/gangguan", "/metrics")
NAMES = {"watch": "http://watch.invalid:9811", "alertmanager": "http://alertmanager.invalid:9093"}


@contextmanager
def hanging() -> Iterator[tuple[str, list[float]]]:
    """A server that takes every connection and never says a word; its address, and when it was called."""
    called: list[float] = []
    open_: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    open_.append(listening.accept()[0])
                    called.append(time.monotonic())

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", called
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()
    for connection in open_:
        connection.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody in a test waits as long as an office would; the order of the waits is kept."""
    monkeypatch.setattr(prometheus, "_BOUNDS", Bounds(0.5, 0.5, prometheus.MOST_BYTES))
    # A machine that is held up opens all pages in more than the ten seconds after which it may be asked again.
    monkeypatch.setattr(prometheus, "REST_SECONDS", 3600.0)
    monkeypatch.setattr("request_tracker.worker._BOUNDS", Bounds(0.5, 0.5, 1000))
    monkeypatch.setattr("request_tracker.outages.alertmanager._BOUNDS", Bounds(0.5, 0.5, 1000))
    monkeypatch.setattr("request_tracker.outages.alertmanager._LIST_BOUNDS", Bounds(0.5, 0.5, 1000))
    mail = type(apprise.Apprise.instantiate("mailto://127.0.0.1:25?from=a@kota.invalid&to=b@kota.invalid"))
    monkeypatch.setattr(mail, "socket_connect_timeout", 0.5)
    monkeypatch.setattr(delivery, "SILENCE_SECONDS", 0.3)


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No name is found any more, and each look-up hangs; the names that were looked for."""
    over, asked, real = threading.Event(), list[str](), socket.getaddrinfo

    def gone(host: Any, *more: Any, **how: Any) -> Any:
        if not str(host).endswith(".invalid"):
            return real(host, *more, **how)
        asked.append(str(host))
        over.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", gone)
    yield asked
    over.set()


def people(site: Site) -> None:
    """One person for each office, each with an address for mail."""
    for role in OFFICIALS:
        user = add_user(site.desk.store, NewAccount(role.replace("_", "-"), role, (role,), PASSWORD), NOW)
        set_address(site.desk.store, user, f"email:{role}@kota.invalid", ("email",), NOW)


def office_hour(site: Site, after: datetime) -> datetime:
    """The next moment at which the office works: what can wait for that goes out then."""
    moment = after
    while site.desk.calendar.worked(moment, moment + timedelta(minutes=1)) == timedelta():
        moment += timedelta(minutes=30)
    return moment


def told(site: Site, turn: int) -> str:
    answer = site.post("/permohonan", **FORM, key=f"key-{turn}")
    assert answer.status_code == 200
    return site.accepted(answer.text)


def under_way(site: Site, url: str, mail: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Worker:
    """The office's pages and its worker before these neighbours."""
    monkeypatch.setenv("MAIL", f"mailto://{mail}?from=pelacak@kota.invalid&to={{to}}&format=text")
    extensions = site.client.application.extensions
    extensions["office"] = replace(extensions["office"], prometheus=Prometheus(url))
    settings = config(folder, "email").model_copy(update={**NAMES, "prometheus": url})
    return Worker(site.desk, settings)


def test_in_all_bad_weather_at_once_every_page_answers_and_afterwards_every_message_comes_once(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, impatient: None, nameless: list[str]
) -> None:
    people(site)
    with hanging() as (slow, asked), hanging() as (mail, called):
        worker = under_way(site, f"http://{slow}", mail, monkeypatch, tmp_path)
        worker.start()
        try:
            numbers = [told(site, turn) for turn in range(5)]
            site.post("/lapor", opd="rsud", description="putus", contact_name="Nama", contact_phone="08", key="lapor")
            worker.hurry()
            site.log_in("technician")
            pages = {page: site.client.get(page).status_code for page in (*PAGES, f"/kasus/{numbers[0]}")}
            assert pages == dict.fromkeys(pages, 200)
            assert "Prometheus terlalu lama menjawab" in site.get("/wall")
            assert len(asked) <= 2, "one question of the pages, one of the worker"
            wait_until(lambda: called and set(nameless) == {"watch.invalid", "alertmanager.invalid"})
        finally:
            worker.stop()
        stored = site.desk.store.rows("SELECT number FROM cases WHERE sop = 'PKL-BW' ORDER BY id")
        assert [row["number"] for row in stored] == numbers
        assert all(state.failures == 0 for name, state in worker.jobs.states.items()), "weather is no fault of a job"
    with smtp_receiver() as heard:
        monkeypatch.setenv("MAIL", heard.address)
        later = office_hour(site, datetime.now(UTC))
        for hours in range(8):
            send_outbox(site.desk, config(tmp_path, "email"), later + timedelta(minutes=15 * hours))
        places = Counter(place for place, _, _ in heard.told)
    reached = "SELECT u.login, count(*) AS n FROM outbox_reached r JOIN users u ON r.who = 'user:' || u.id GROUP BY 1"
    assert {row["login"]: row["n"] for row in site.desk.store.rows(reached)} == {
        place.partition("@")[0].replace("_", "-"): count for place, count in places.items()
    }
    assert places["head_of_office@kota.invalid"] >= len(numbers) and places["technician@kota.invalid"] >= 1
    titles = Counter((place, title) for place, title, _ in heard.told if "PKL-BW" in title)
    assert set(titles.values()) == {1} and len(titles) == len(numbers)
    assert site.desk.store.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND next_at > ''") == 0


def test_a_mail_server_that_hangs_is_tried_once_a_round_and_not_once_for_each_person(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    people(site)
    # Three requests are ten messages, as many as a round sends; three of them go by mail.
    for turn in range(3):
        told(site, turn)
    with hanging() as (mail, called):
        monkeypatch.setenv("MAIL", f"mailto://{mail}?from=pelacak@kota.invalid&to={{to}}&format=text")
        assert send_outbox(site.desk, config(tmp_path, "email"), office_hour(site, datetime.now(UTC))) == 0
        assert len(called) == 1
    waiting = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND attempts = 1 AND leased_until IS NULL"
    assert site.desk.store.value(waiting) == 3


def wait_until(fact: Callable[[], Any]) -> None:
    """Wait for what the worker does in its own time."""
    over = time.monotonic() + 120
    while not fact():
        assert time.monotonic() < over, "it never came true"
        time.sleep(0.05)
