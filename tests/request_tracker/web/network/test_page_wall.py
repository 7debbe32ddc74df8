"""What names live traffic: a log-in, a wall link, a configured network, a token; no proxy that nobody configured."""

import logging
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from tracker_site import NOW, Site, new_site

from request_tracker.cli import main
from request_tracker.people.sessions import add_token
from request_tracker.people.wall_links import add_wall_link, revoke_wall_link, wall_links

LIVE = ("/wall", "/metrics")
OFFICE_NET, LOOPBACK = ip_network("10.7.0.0/16"), ip_network("127.0.0.0/8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    return tmp_path


def shut_site(folder: Path, **settings: Any) -> Site:
    """A site as it is shipped: no network is configured."""
    return new_site(folder, **{"live_traffic_from": (), **settings})


def seen(site: Site, sender: str = "127.0.0.1", headers: Mapping[str, str] | None = None) -> bool:
    """Whether a stranger from there sees what names live traffic; both pages must agree."""
    client = site.client.application.test_client()
    answers = [
        client.get(page, environ_overrides={"REMOTE_ADDR": sender}, headers=dict(headers or {})) for page in LIVE
    ]
    statuses = tuple(answer.status_code for answer in answers)
    assert statuses in ((200, 200), (302, 401)), statuses
    return statuses == (200, 200)


def test_as_shipped_no_stranger_sees_live_traffic_not_even_on_this_machine(folder: Path) -> None:
    site = shut_site(folder)
    assert not seen(site) and not seen(site, "203.0.113.9")
    assert site.client.get("/wall").location == "/masuk?next=%2Fwall"


def test_a_log_in_whose_role_allows_it_sees_the_wall_and_a_requester_does_not(folder: Path) -> None:
    site = shut_site(folder)
    site.enter("noc_operator")
    assert all(site.client.get(page).status_code == 200 for page in LIVE)
    site.enter("requester")
    assert all(site.client.get(page).status_code == 403 for page in LIVE)


def test_a_token_of_the_figures_opens_both_and_no_other_token_does(folder: Path) -> None:
    site = shut_site(folder)
    for scope, status in (("metrics:read", 200), ("cases:read", 403)):
        head = {"Authorization": f"Bearer {add_token(site.desk.store, scope, [scope], NOW)}"}
        assert [site.client.get(page, headers=head).status_code for page in LIVE] == [status, status]


def test_a_machine_of_a_configured_network_sees_it_and_others_do_not(folder: Path) -> None:
    site = shut_site(folder, live_traffic_from=(OFFICE_NET, ip_network("2001:db8:7::/48")))
    assert seen(site, "10.7.3.4") and seen(site, "2001:db8:7::1") and seen(site, "::ffff:10.7.3.4")
    assert not seen(site, "10.8.0.1") and not seen(site, "127.0.0.1") and not seen(site, "2001:db8:8::1")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto"])
def test_a_proxy_that_gives_itself_away_is_no_machine_of_the_network(folder: Path, header: str) -> None:
    site = shut_site(folder, live_traffic_from=(LOOPBACK,))
    assert seen(site)
    assert not seen(site, headers={header: "127.0.0.1"})


@pytest.mark.parametrize("public_url", ["https://pita.contoh.go.id", "http://pita.contoh.go.id", "http://127.0.0.1:80"])
def test_a_plain_proxy_without_any_header_counts_as_no_loopback(folder: Path, public_url: str) -> None:
    """nginx's ``proxy_pass`` alone adds no header: the public address says that something stands between."""
    site = shut_site(folder, live_traffic_from=(LOOPBACK,), public_url=public_url)
    assert not seen(site)


def test_a_plain_nginx_before_a_tracker_that_was_told_of_no_public_address_counts_as_no_loopback(folder: Path) -> None:
    """It adds no header and asks for 127.0.0.1:9820 itself; it gives itself away by its HTTP/1.0."""
    site = shut_site(folder, live_traffic_from=(LOOPBACK,))
    plain = {"REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.0", "HTTP_CONNECTION": "close"}
    assert [site.client.get(page, environ_overrides=plain).status_code for page in LIVE] == [302, 401]


def test_behind_configured_proxies_their_line_says_who_asks_and_its_absence_says_nothing(folder: Path) -> None:
    site = shut_site(
        folder, live_traffic_from=(OFFICE_NET, LOOPBACK), proxies=1, public_url="https://pita.contoh.go.id"
    )
    assert seen(site, headers={"X-Forwarded-For": "10.7.3.4"})
    assert not seen(site, headers={"X-Forwarded-For": "203.0.113.9"})
    assert not seen(site, headers={"X-Forwarded-For": "10.7.3.4, 203.0.113.9"}), "a line the stranger has written"
    assert not seen(site), "the proxy was not told to add its line"


def test_two_proxies_must_both_have_added_their_line(folder: Path) -> None:
    site = shut_site(
        folder, live_traffic_from=(OFFICE_NET, LOOPBACK), proxies=2, public_url="https://pita.contoh.go.id"
    )
    assert seen(site, headers={"X-Forwarded-For": "10.7.3.4, 127.0.0.1"})
    assert not seen(site, headers={"X-Forwarded-For": "10.7.3.4"})


def test_a_unix_socket_has_no_address(folder: Path) -> None:
    assert not seen(shut_site(folder, live_traffic_from=(LOOPBACK,), listen="unix:/run/lebarpita/tracker"), "")


def test_a_network_of_everybody_holds_those_too_of_whom_nothing_is_known(folder: Path) -> None:
    site = shut_site(folder, live_traffic_from=(ip_network("0.0.0.0/0"),), public_url="https://pita.contoh.go.id")
    assert seen(site) and seen(site, "203.0.113.9", {"X-Forwarded-For": "198.51.100.1"})


def test_a_wall_link_opens_the_wall_and_stands_in_no_address_afterwards(folder: Path) -> None:
    site = shut_site(folder)
    secret = add_wall_link(site.desk.store, "Ruang NOC", "system", NOW)
    answer = site.client.get(f"/dinding/{secret}")
    assert (answer.status_code, answer.location) == (302, "/wall")
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"
    cookie = site.client.get_cookie("layar")
    assert cookie is not None and cookie.http_only and cookie.max_age == 400 * 86_400
    wall = site.get("/wall")
    assert secret not in wall and site.get("/metrics")
    assert site.client.get("/kasus").location.startswith("/masuk"), "and nothing else"
    assert secret not in str(site.desk.store.rows("SELECT * FROM wall_links"))


def test_a_revoked_link_shuts_the_screen_at_once(folder: Path) -> None:
    site = shut_site(folder)
    secret = add_wall_link(site.desk.store, "Ruang NOC", "system", NOW)
    site.client.get(f"/dinding/{secret}")
    assert site.get("/wall")
    revoke_wall_link(site.desk.store, wall_links(site.desk.store)[0]["id"], NOW)
    assert site.client.get("/wall").status_code == 302
    assert site.client.get(f"/dinding/{secret}").status_code == 404


def test_a_code_can_be_typed_where_no_long_address_can_be_opened(folder: Path) -> None:
    site = shut_site(folder)
    secret = add_wall_link(site.desk.store, "Ruang NOC", "system", NOW)
    assert site.post("/dinding", code="salah").status_code == 401
    assert site.post("/dinding", code=f" http://127.0.0.1:9820/dinding/{secret} ").location == "/wall"
    assert site.get("/wall")


def test_the_administrator_makes_lists_and_revokes_links_on_a_page(folder: Path) -> None:
    site = shut_site(folder)
    site.enter("admin")
    assert site.post("/layar", name=" ").status_code == 422
    made = site.post("/layar", name="Ruang NOC")
    link = re.search(r'id="tautan">http://127\.0\.0\.1:9820(/dinding/[^<]+)<', made.text)
    assert link is not None and link[1] not in site.get("/layar")
    screen = site.client.application.test_client()
    assert screen.get(link[1]).location == "/wall"
    number = wall_links(site.desk.store)[0]["id"]
    assert "terakhir terlihat" in site.get("/layar")
    assert site.post(f"/layar/{number}/cabut", "/layar").status_code == 302
    assert screen.get("/wall").status_code == 302
    assert site.post(f"/layar/{number}/cabut", "/layar").status_code == 404
    site.enter("noc_operator")
    assert site.client.get("/layar").status_code == 403


def test_links_are_made_listed_and_revoked_at_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = shut_site(folder)
    config = folder / "tracker.yaml"
    inventory = site.client.application.extensions["office"].config.inventory
    config.write_text(
        f"inventory: {inventory}\ndatabase: {folder / 't.db'}\nfiles: {folder / 'files'}\nsecret_key: env:SESSION\n"
    )
    where = ["--config", str(config)]
    assert main(["wall", "add", "Ruang NOC", *where]) == 0
    link = capsys.readouterr().out.strip()
    assert site.client.get(link.removeprefix("http://127.0.0.1:9820")).location == "/wall"
    assert main(["wall", "add", "Lobi", "--out", str(folder / "lobi"), *where]) == 0
    assert (folder / "lobi").stat().st_mode & 0o077 == 0 and "/dinding/" in (folder / "lobi").read_text()
    assert "/dinding/" not in capsys.readouterr().out
    assert main(["wall", "list", *where]) == 0
    assert "Ruang NOC" in capsys.readouterr().out
    assert main(["wall", "revoke", "1", *where]) == 0 and site.client.get("/wall").status_code == 302
    assert main(["wall", "revoke", "1", *where]) == 1


def test_a_page_that_breaks_writes_no_secret_of_its_address_into_the_log(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for place in ("network.wall_links.opens_wall", "public.requester_page.office", "accounts.first_run.whose"):
        monkeypatch.setattr(f"request_tracker.web.{place}", lambda *_: 1 / 0)
    with caplog.at_level(logging.WARNING):
        for path in ("/dinding/rahasia-layar", "/lacak/rahasia-layar", "/sandi/rahasia-layar"):
            assert site.client.get(path).status_code == 500
    assert "event=page_failed" in caplog.text and "rahasia-layar" not in caplog.text
