"""What an attacker tries first: another host's name, another site's page, a stolen form, a fixed session, a guess."""

import pytest
from tracker_site import NOW, PASSWORD, Site

from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.sessions import add_token
from request_tracker.web.app import create_app
from request_tracker.web.shell.access import SESSION_KEY

HTTPS = {"base_url": "https://pita.contoh.go.id"}
HEADERS = {
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
}  # fmt: skip
ELSEWHERE = (
    "//jahat.invalid", "https://jahat.invalid", "/\\jahat.invalid", "\\\\jahat.invalid", "/\t/jahat.invalid",
    "http:jahat.invalid", "javascript:alert(1)", "/\n/jahat.invalid", "///jahat.invalid", "jahat.invalid",
)  # fmt: skip


def secure_site(site: Site) -> Site:
    """The same office behind a proxy that speaks HTTPS."""
    here = site.client.application.extensions["office"]
    config = here.config.model_copy(update={"public_url": "https://pita.contoh.go.id", "proxies": 1})
    app = create_app(type(here)(config, site.desk, here.prometheus), testing=True)
    return Site(site.desk, app.test_client())


def test_forms_are_taken_over_https_though_our_pages_send_no_referer(site: Site) -> None:
    site = secure_site(site)
    add_user(site.desk.store, NewAccount("kadis", "Kadis", ("head_of_office",), PASSWORD), NOW)
    page = site.client.get("/masuk", **HTTPS)
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = site.client.post("/masuk", data={"csrf_token": token, "login": "kadis", "password": PASSWORD}, **HTTPS)
    assert answer.status_code == 302, answer.text
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("session="))
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert site.client.post("/keluar", data={"csrf_token": "salah"}, **HTTPS).status_code == 400


def test_over_plain_http_nothing_promises_https(site: Site) -> None:
    assert "Strict-Transport-Security" not in site.client.get("/").headers


ERRORS = (
    ("GET", "/tidak-ada", 404),
    ("GET", "/pengguna", 403),
    ("POST", "/status", 405),
    ("POST", "/keluar", 400),
    ("GET", "/lacak/salah", 404),
    ("GET", "/api/cases", 401),
    ("GET", "/static/tidak-ada.css", 404),
    ("GET", "/static/..%2f..%2fapp.py", 404),
    ("GET", "/berkas/..%2f..%2ft.db", 404),
    ("GET", f"/berkas/{'a' * 64}", 404),
    ("GET", "/sop/..%2f..%2fx", 404),
    ("GET", "/kasus/../../etc/passwd", 404),
)


def test_every_error_page_carries_the_headers_and_no_path_leads_out(site: Site) -> None:
    site.enter("technician")
    for method, address, status in ERRORS:
        answer = site.client.open(address, method=method)
        assert answer.status_code == status, (address, answer.status_code)
        assert set(answer.headers.keys()) >= HEADERS, address
        assert "Traceback" not in answer.text and "t.db" not in answer.text.replace(address, ""), address


def test_a_page_that_breaks_and_a_body_too_large_carry_the_headers_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = site.client.post("/permohonan", data=b"x" * (13 * 2**20), content_type="text/plain")
    assert large.status_code in (400, 413) and set(large.headers.keys()) >= HEADERS
    monkeypatch.setattr("request_tracker.web.public.front.office", lambda: 1 / 0)
    broken = site.client.get("/status")
    assert broken.status_code == 500 and set(broken.headers.keys()) >= HEADERS
    assert "ZeroDivision" not in broken.text and "Traceback" not in broken.text


def test_neither_log_in_nor_language_leads_to_another_site(site: Site) -> None:
    add_user(site.desk.store, NewAccount("kadis", "Kadis", ("head_of_office",), PASSWORD), NOW)
    for wanted in ELSEWHERE:
        site.client.delete_cookie("session")
        token = site.client.get("/masuk").text.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"csrf_token": token, "login": "kadis", "password": PASSWORD}
        answer = site.client.post("/masuk", query_string={"next": wanted}, data=form)
        assert (answer.status_code, answer.location) == (302, "/kasus"), wanted
        assert site.client.get("/bahasa/en", query_string={"kembali": wanted}).location == "/", wanted


def test_another_host_name_changes_no_address_of_ours(site: Site) -> None:
    site.enter("admin")
    evil = {"base_url": "http://jahat.invalid", "headers": {"X-Forwarded-Host": "jahat.invalid"}}
    for page in ("/", "/permohonan", "/masuk", "/layanan", "/lapor"):
        assert "jahat.invalid" not in site.client.get(page, **evil).text, page
    assert "jahat.invalid" not in (site.client.get("/kasus", **evil).location or "")
    made = site.post("/pengguna", login="baru", name="Baru", role="technician").text
    assert "/sandi/" in made and "http://127.0.0.1:9820/sandi/" in made


def test_a_session_from_before_the_log_in_is_worth_nothing_after_it(site: Site) -> None:
    site.client.get("/masuk")
    with site.client.session_transaction() as session:
        session[SESSION_KEY], session["lain"] = "dipilih-penyerang", "x"
    site.enter("technician")
    with site.client.session_transaction() as session:
        mine = session[SESSION_KEY]
        assert mine != "dipilih-penyerang" and "lain" not in session
    site.post("/keluar", "/kasus")
    with site.client.session_transaction() as session:
        session[SESSION_KEY] = mine
    assert site.client.get("/kasus").location.startswith("/masuk")


def test_a_locked_account_says_the_same_as_a_wrong_password_and_as_no_account(site: Site) -> None:
    add_user(site.desk.store, NewAccount("kadis", "Kadis", ("head_of_office",), PASSWORD), NOW)
    told = {site.log_in("siapa", "salah-sekali").text.replace("siapa", "")}
    for _ in range(5):
        told.add(site.log_in("kadis", "salah-sekali").text)
    locked = site.log_in("kadis")
    assert locked.status_code == 401
    sentences = {one.split('role="alert"')[1].split("</p>")[0] for one in {*told, locked.text}}
    assert len(sentences) == 1


def test_the_figures_are_open_on_the_port_itself_and_through_a_proxy_by_token_alone(site: Site) -> None:
    assert site.client.get("/metrics").status_code == 200
    tokens = {scope: add_token(site.desk.store, scope, [scope], NOW) for scope in ("metrics:read", "cases:read")}
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        through = {header: "203.0.113.9"}
        assert site.client.get("/metrics", headers=through).status_code == 401
        for scope, status in (("cases:read", 403), ("metrics:read", 200)):
            head = {**through, "Authorization": f"Bearer {tokens[scope]}"}
            assert site.client.get("/metrics", headers=head).status_code == status


def test_a_secret_link_leaks_by_no_referer_and_by_no_cache(site: Site) -> None:
    answer = site.client.get(f"/lacak/{site.request().token}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'href="http' not in answer.text


def test_an_official_ends_his_own_delegation_and_no_others(site: Site) -> None:
    kasi, kabid = site.enter("head_of_section"), site.enter("head_of_division")
    with site.desk.store.transaction() as db:
        for role, giver, taker in (("head_of_section", kasi, kabid), ("head_of_division", kabid, kasi)):
            times = {"starts_at": "2026-01-01", "ends_at": "2099-01-01", "basis": "cuti"}
            db.table("delegations").insert({"role": role, "from_user": giver, "to_user": taker, **times})
    ended = [site.post(f"/delegasi/{number}/akhiri", "/delegasi").status_code for number in (1, 2, 3)]
    assert ended == [403, 302, 403]
    rows = site.desk.store.rows("SELECT revoked_at FROM delegations ORDER BY id")
    assert [row["revoked_at"] is None for row in rows] == [True, False]
