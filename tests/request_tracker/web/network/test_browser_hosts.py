"""Who uses the network, in a browser: a phone and a desk, a graph that leads to a minute, filters, whole addresses."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_hands import PHONE, Hall, Person
from playwright.sync_api import Browser
from test_page_hosts import SIGHTS, TOKEN, configured, top_collector
from tracker_site import NOW, PASSWORD, Site
from werkzeug.serving import make_server

from exporter.flows.history.parquet import WHOLE, write_minute
from exporter.flows.history.usage_rows import UsageRow
from lab.loopback import at_work
from request_tracker.people.accounts import NewAccount, add_user

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 800}
MB = 10**6
HOSTS = [f"10.10.1.{number}" for number in range(2, 9)]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hours, a minute in five: seven hosts, two networks, IPv6, and the largest of them only lately."""
    folder = tmp_path_factory.mktemp("past")
    last = int(time.time()) // 60 * 60
    for minute in range(last - 3 * 3600, last + 1, 300):
        share = 60 if minute > last - 1800 else 6
        rows = [(host, "203.0.113.0/24", 6, 443, (place + 1) * MB) for place, host in enumerate(HOSTS)]
        rows += [("10.10.1.2", "198.51.100.0/24", 17, 443, share * MB), ("", "", 0, 0, 3 * MB)]
        rows += [("2001:db8:1:2:3:4:5:6", "2001:db8:ffff::/48", 6, 8443, 2 * MB)]
        write_minute(folder, [UsageRow(minute, "dinkes", way, *row) for row in rows for way in ("receive", "transmit")])
        whole = UsageRow(minute, "dinkes", "receive", "10.10.1.3", "203.0.113.77", 6, 443, MB)
        write_minute(folder / WHOLE, [whole])
    return folder


@pytest.fixture(scope="module")
def past_collector(past: Path) -> Iterator[str]:
    with top_collector(past) as url:
        yield url


@pytest.fixture
def technician(site: Site, past_collector: str, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    for deadline in ("request_tracker.evidence.hosts.ANSWER_SECONDS", "exporter.flows.history.requests.ANSWER_SECONDS"):
        monkeypatch.setattr(deadline, 120.0)
    monkeypatch.setenv("TOP_TOKEN", TOKEN)
    configured(site, past_collector)
    add_user(site.desk.store, NewAccount("teknisi", "Teknisi Jaringan", ("technician",), PASSWORD), NOW)
    with at_work(make_server("127.0.0.1", 0, site.client.application, threaded=True)) as url:
        person = Hall(chromium, url).staff("teknisi", "pemakai")
        yield person
        person.page.close()


def both_windows(person: Person) -> None:
    """A picture of a phone and of a desk; in both all fits and axe-core finds nothing."""
    for window in (DESK, PHONE):
        person.page.set_viewport_size(window)  # type: ignore[arg-type]  # a ViewportSize
        person.look()


def test_from_the_graph_to_its_minute_and_to_whole_addresses_on_a_phone_and_at_a_desk(
    technician: Person, site: Site
) -> None:
    page = technician.page
    technician.open("/pemakai?opd=dinkes&lama=1h&arah=receive")
    both_windows(technician)
    assert page.locator("#jumlah").get_by_text("Waktu yang sama sebelumnya").is_visible()
    columns = page.locator(".use-graph svg a")
    assert columns.count() > 3
    # A point of the graph leads to who used it then.
    page.get_by_text("Angka grafik").first.click()
    page.locator("details tbody tr").filter(has_text="MB").first.get_by_role("link").click()
    page.wait_for_url(re.compile("dari="))
    both_windows(technician)
    assert page.locator("#jumlah").is_visible()
    assert page.locator("#dari").input_value() and page.locator("#sampai").input_value()
    # A range and filters of one's own are kept, and whole addresses want a reason.
    technician.open("/pemakai?opd=dinkes&lama=1h&arah=receive&menurut=addresses")
    assert page.get_by_text("203.0.113.77").count() == 0
    page.get_by_text("Waktu tertentu dan saringan").click()
    page.get_by_label("Port", exact=True).fill("443")
    page.get_by_label(re.compile("Alasan melihat")).fill("serangan pada RSUD")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url(re.compile("port=443"))
    page.get_by_text("203.0.113.77").first.wait_for()
    both_windows(technician)
    assert page.locator("#port").input_value() == "443"
    whats = [row["what"] for row in site.desk.store.rows(SIGHTS)]
    assert whats[-1] == "hosts dinkes 1h port=443 (serangan pada RSUD)"


@pytest.mark.parametrize(
    "query",
    [
        "opd=dinkes&lama=30d&arah=transmit&menurut=services",
        "opd=*&lama=6h&arah=receive&menurut=opds&jaringan=203.0.113.9",
        "opd=dinkes&lama=1h&arah=receive&perangkat=10.99.9.9",
    ],
)
def test_every_way_to_ask_fits_both_windows(query: str, technician: Person) -> None:
    technician.open(f"/pemakai?{query}")
    both_windows(technician)
