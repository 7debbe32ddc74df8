"""Who uses an OPD's bandwidth: the page for staff over the real collector's ``/top`` and a history of a minute."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from ports import free_port
from tracker_office import CITY
from tracker_site import NOW, PASSWORD, Site

from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.parquet import WHOLE, write_minute
from exporter.flows.history.requests import top_page
from exporter.flows.history.usage_rows import UsageRow
from exporter.http.server import HttpApplication as Pages
from exporter.http.server import start
from request_tracker.config import FlowCollectorPart
from request_tracker.evidence.hosts import read
from request_tracker.people.accounts import NewAccount, add_user

TOKEN = "kata-sandi-antar-bagian"
PAGE = "/pemakai?opd=dinkes&lama=1h&arah=receive"
SIGHTS = "SELECT person, what FROM access_log WHERE what LIKE 'hosts %'"


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one minute: 3 GB down, of which 0.5 GB is in the rest row."""
    folder = tmp_path_factory.mktemp("history")
    minute = int(time.time()) // 60 * 60
    rows = [("10.10.1.2", "198.51.100.0/24", 6, 443, 2 * 10**9), ("10.10.1.3", "203.0.113.0/24", 17, 443, 5 * 10**8)]
    write_minute(folder, [UsageRow(minute, "dinkes", "receive", *row) for row in (*rows, ("", "", 0, 0, 5 * 10**8))])
    whole = UsageRow(minute, "dinkes", "receive", "10.10.1.3", "203.0.113.77", 17, 443, 5 * 10**8)
    write_minute(folder / WHOLE, [whole])
    return folder


@contextmanager
def top_collector(history: Path) -> Iterator[str]:
    """The collector's page over a history, until the block ends."""
    port = free_port()
    codes = [opd.code for opd in CITY.opds]
    loop = asyncio.new_event_loop()
    # The loop runs in its own thread from the start: a browser of another test may hold one in this thread.
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    pages = Pages({"/top": top_page(HistorySettings(history, 50, 30, TOKEN), lambda: codes)})
    served = asyncio.run_coroutine_threadsafe(start(pages, f"127.0.0.1:{port}"), loop).result(10)
    yield f"http://127.0.0.1:{port}"
    asyncio.run_coroutine_threadsafe(served.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def collector(history: Path) -> Iterator[str]:
    with top_collector(history) as url:
        yield url


@pytest.fixture
def watched(site: Site, collector: str, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The office with its collector; how long an answer may take is no matter of these tests on a busy machine."""
    for deadline in ("request_tracker.evidence.hosts.ANSWER_SECONDS", "exporter.flows.history.requests.ANSWER_SECONDS"):
        monkeypatch.setattr(deadline, 120.0)
    monkeypatch.setenv("TOP_TOKEN", TOKEN)
    configured(site, collector)
    return site


def configured(site: Site, url: str) -> None:
    found = site.client.application.extensions
    config = found["office"].config.model_copy(update={"flows": FlowCollectorPart(url=url, token="env:TOP_TOKEN")})
    found["office"] = replace(found["office"], config=config)


def test_staff_see_hosts_networks_and_services_and_every_sight_is_written_down(watched: Site) -> None:
    user = watched.enter("technician")
    page = watched.get(PAGE)
    for told in ("10.10.1.2", "198.51.100.0/24", "tcp/443", "udp/443", "3 GB", "67 %", "lainnya", "UU 27/2022"):
        assert told in page, told
    watched.client.set_cookie("bahasa", "en")
    page = watched.get(PAGE)
    assert "Remote networks" in page and "the rest" in page
    assert [tuple(row.values()) for row in watched.desk.store.rows(SIGHTS)] == [(f"user:{user}", "hosts dinkes 1h")] * 2
    watched.enter("auditor")
    page = " ".join(watched.get("/audit").split())
    assert 'Users of the network: Dinas Kesehatan <span class="muted">(last hour)' in page


def test_X_PDP_who_has_no_need_of_hosts_is_refused(watched: Site) -> None:
    for role in ("requester", "secretariat", "auditor", "admin"):
        watched.enter(role)
        assert watched.client.get(PAGE).status_code == 403, role
        assert watched.client.get("/pemakai").status_code == 403, role
    assert watched.desk.store.rows(SIGHTS) == []


def test_X_PDP_an_official_of_another_opd_is_refused_and_one_without_an_account_asked_to_log_in(watched: Site) -> None:
    assert watched.client.get(PAGE).status_code == 302
    add_user(watched.desk.store, NewAccount("kadis-rsud", "Kadis", ("head_of_office",), PASSWORD, "rsud"), NOW)
    watched.log_in("kadis-rsud")
    assert watched.client.get(PAGE).status_code == 403
    assert 'value="dinkes"' not in watched.get("/pemakai")
    assert watched.desk.store.rows(SIGHTS) == []


def test_an_opd_period_or_direction_that_is_none_is_no_page(watched: Site) -> None:
    watched.enter("technician")
    for query in ("opd=nobody", "opd=dinkes&lama=1y", "opd=dinkes&arah=both"):
        assert watched.client.get(f"/pemakai?{query}").status_code == 404, query


def test_the_page_is_reached_from_the_case_by_those_alone_who_may(watched: Site) -> None:
    number = watched.request().number
    watched.enter("technician")
    assert "/pemakai?opd=dinkes" in watched.get(f"/kasus/{number}")
    watched.enter("secretariat")
    assert "/pemakai" not in watched.get(f"/kasus/{number}")


def test_a_collector_that_cannot_be_asked_is_told_plainly(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.enter("technician")
    assert "belum disetel" in site.get(PAGE)
    configured(site, "http://127.0.0.1:9")
    assert "TOP_TOKEN is not set" in site.get(PAGE)
    monkeypatch.setenv("TOP_TOKEN", TOKEN)
    assert "tidak menjawab" in site.get(PAGE)
    assert site.desk.store.rows(SIGHTS) == []


def test_a_wrong_token_and_a_direction_without_use_are_told(watched: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.enter("technician")
    assert "Tidak ada pemakaian" in watched.get(PAGE.replace("receive", "transmit"))
    monkeypatch.setenv("TOP_TOKEN", "keliru-sekali")
    page = watched.get(PAGE)
    assert "menolak" in page and "keliru-sekali" not in page


def test_the_graph_stacks_up_beside_the_time_before_and_each_column_leads_to_its_minute(watched: Site) -> None:
    watched.enter("technician")
    page = watched.get(PAGE)
    assert "<svg" in page and "<script" not in page.partition("<main")[2] and "style=" not in page.partition("<main")[2]
    for told in (
        "Pemakaian menurut waktu",
        "Waktu yang sama sebelumnya",
        "tidak tercatat",
        "Angka grafik",
        "10.10.1.2",
    ):
        assert told in page, told
    link = re.search(r"<a href='(/pemakai[^']*dari=[^']*)'", page)
    assert link is not None
    minute = watched.get(unescape(link[1]))
    assert "3 GB" in minute or "Tidak ada pemakaian" in minute or "Belum ada riwayat" in minute


def test_a_point_of_a_board_leads_to_its_minute_and_a_range_of_ones_own_is_kept(watched: Site, history: Path) -> None:
    watched.enter("technician")
    (minute,) = (int(path.stem.removeprefix("minute-")) for path in history.glob("minute-*.parquet"))
    for at in (f"{minute + 60}000", str(minute + 60)):
        assert "3 GB" in watched.get(f"/pemakai?opd=dinkes&saat={at}&arah=receive")
    page = watched.get("/pemakai?opd=dinkes&dari=2026-11-24T10:00&sampai=2026-11-24T11:00&arah=receive")
    assert 'value="2026-11-24T10:00"' in page and 'value="2026-11-24T11:00"' in page


def test_filters_find_hosts_across_opds_and_the_log_of_sights_has_them(watched: Site) -> None:
    user = watched.enter("technician")
    page = watched.get("/pemakai?opd=*&lama=1h&arah=receive&jaringan=203.0.113.9&menurut=opds")
    for told in ("semua OPD", "500 MB", "hanya disimpan sebagai jaringan", "Di luar saringan mana pun"):
        assert told in page, told
    assert "10.10.1.2<" not in page
    sights = [tuple(row.values()) for row in watched.desk.store.rows(SIGHTS)]
    assert sights == [(f"user:{user}", "hosts * 1h jaringan=203.0.113.9")]


def test_whole_addresses_are_shown_with_a_reason_that_both_logs_have(watched: Site, history: Path) -> None:
    user = watched.enter("technician")
    assert "203.0.113.77" not in watched.get(PAGE + "&menurut=addresses")
    assert "203.0.113.77" in watched.get(PAGE + "&menurut=addresses&alasan=serangan+pada+RSUD")
    assert ("hosts dinkes 1h (serangan pada RSUD)",) in [
        (row["what"],) for row in watched.desk.store.rows(SIGHTS) if row["person"] == f"user:{user}"
    ]
    line = json.loads((history / "sights.jsonl").read_text().splitlines()[-1])
    assert (line["reason"], line["person"]) == ("serangan pada RSUD", f"user:{user}")


def test_X_PDP_who_belongs_to_an_opd_sees_no_other_by_asking_for_all(watched: Site) -> None:
    add_user(watched.desk.store, NewAccount("kadis-rsud", "Kadis", ("head_of_office",), PASSWORD, "rsud"), NOW)
    watched.log_in("kadis-rsud")
    assert watched.client.get("/pemakai?opd=*").status_code == 403
    assert 'value="*"' not in watched.get("/pemakai")


@pytest.mark.parametrize("query", ["menurut=people", "saat=kemarin", "dari=x&sampai=y", "saat=" + "9" * 30])
def test_a_graph_or_a_moment_that_is_none_is_no_page(watched: Site, query: str) -> None:
    watched.enter("technician")
    assert watched.client.get(f"/pemakai?opd=dinkes&{query}").status_code == 404


def test_a_graph_whose_layers_are_not_the_sum_is_not_believed() -> None:
    table = {"receive": {"rows": [{"name": "10.10.1.2", "bytes": 5}], "rest": 4}}
    layers = {"rows": [{"name": "10.10.1.2", "bytes": [5, 0]}], "rest": [1, 3], "before": [1, 1]}
    graph = {"by": "hosts", "step": 60, "times": [60, 120], "receive": layers}
    answer = {"since": 1, "bytes": {"receive": 9}, "hosts": table, "networks": table, "services": table, "graph": graph}
    assert read(answer, "receive").graph is not None
    for wrong in ({"rest": [1, 2]}, {"rest": [4]}, {"before": [1]}):
        with pytest.raises(ValueError, match="graph"):
            read(answer | {"graph": graph | {"receive": layers | wrong}}, "receive")


def test_an_answer_whose_tables_are_not_the_sum_is_not_believed() -> None:
    table = {"receive": {"rows": [{"name": "10.10.1.2", "bytes": 5}], "rest": 4}}
    answer = {"since": 1, "bytes": {"receive": 9}, "hosts": table, "networks": table, "services": table}
    assert read(json.loads(json.dumps(answer)), "receive").bytes == 9
    with pytest.raises(ValueError, match="are not the sum"):
        read(answer | {"bytes": {"receive": 10}}, "receive")
