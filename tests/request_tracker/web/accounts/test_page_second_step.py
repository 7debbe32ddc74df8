"""Logging in through the pages: known devices, second factors without script, the administrator's reset."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from tracker_site import NOW, PASSWORD, Site, new_site

from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.links import new_link
from request_tracker.people.second_factors import factors
from request_tracker.web.app import create_app
from request_tracker.web.shell.origin import COOKIE


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are slow to check on purpose; here they need not be."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("request_tracker.people.accounts._HASHER", cheap)
    monkeypatch.setattr("request_tracker.people.accounts._NOBODY", cheap.hash("nobody has this password"))


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """An office whose head logs in with a second factor only."""
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    return new_site(tmp_path, second_factor_for=("head_of_office",))


def stranger(site: Site, limits: bool = False) -> Site:
    """Another browser of the same office, where asked one whose rate limits are on."""
    app = site.client.application
    return Site(site.desk, (create_app(app.extensions["office"]) if limits else app).test_client())


def account(site: Site, login: str = "kadis", role: str = "head_of_office") -> int:
    return add_user(site.desk.store, NewAccount(login, f"Nama {login}", (role,), PASSWORD), NOW)


def code_of(page: str, skew: int = 0) -> tuple[str, str, pyotp.TOTP]:
    """What the page of setting up an app shows: the sealed secret, the code of now, the app."""
    pending = re.search(r'name="pending" value="([^"]+)"', page)
    secret = re.search(r'<p class="link"><code>([A-Z2-7]+)</code>', page)
    assert pending is not None and secret is not None
    app = pyotp.TOTP(secret[1])
    return pending[1], app.at(datetime.now(UTC) + timedelta(seconds=30 * skew)), app


def with_app(site: Site) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an app as whoever is logged in, a step ago; the app and the recovery codes."""
    pending, code, app = code_of(site.get("/akun"), skew=-1)
    page = site.post("/akun/kode-aplikasi", "/akun", pending=pending, code=code, name="Telepon", password=PASSWORD)
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page.text)
    assert page.status_code == 200 and len(codes) == 10, page.text
    return app, codes


def now_code(app: pyotp.TOTP, skew: int = 0) -> str:
    return app.at(datetime.now(UTC) + timedelta(seconds=30 * skew))


def test_a_stranger_keeps_nobody_out_of_a_device_he_has_logged_in_on(site: Site) -> None:
    account(site)
    site.log_in("kadis")
    attacker = stranger(site)
    for _ in range(6):
        attacker.log_in("kadis", "salah-sekali")
    assert attacker.log_in("kadis").status_code == 401, "the right password, at an unknown device of that address"
    assert site.log_in("kadis").location == "/kasus"


def test_a_stranger_behind_the_same_address_uses_up_no_limit_of_a_known_device(site: Site) -> None:
    account(site)
    home = stranger(site, limits=True)
    assert home.log_in("kadis").location == "/kasus"
    attacker = Site(site.desk, home.client.application.test_client())
    answers = [attacker.log_in("akun-lain", "salah-sekali").status_code for _ in range(21)]
    assert answers[-1] == 429
    assert home.log_in("kadis").location == "/kasus"


def test_a_made_up_or_changed_device_cookie_is_worth_nothing(site: Site) -> None:
    account(site)
    site.log_in("kadis")
    mine = site.client.get_cookie(COOKIE)
    assert mine is not None and mine.http_only and mine.same_site == "Lax"
    attacker = stranger(site)
    for _ in range(6):
        attacker.log_in("kadis", "salah-sekali")
    for value in ("salah", mine.value[:-1], mine.value.swapcase()):
        attacker.client.set_cookie(COOKIE, value)
        assert attacker.log_in("kadis").status_code == 401
    attacker.client.set_cookie(COOKIE, mine.value)
    assert attacker.log_in("kadis").location == "/kasus", "the cookie itself is what makes a device known"


def test_a_forgotten_device_is_known_no_more(site: Site) -> None:
    account(site)
    site.log_in("kadis")
    number = re.search(r"/akun/perangkat/(\d+)", site.get("/akun"))
    assert number is not None
    assert site.post(f"/akun/perangkat/{number[1]}", "/akun", password="salah-sekali").status_code == 422
    assert site.post(f"/akun/perangkat/{number[1]}", "/akun", password=PASSWORD).status_code == 302
    for _ in range(5):
        stranger(site).log_in("kadis", "salah-sekali")
    assert site.log_in("kadis").status_code == 401


def test_the_link_of_the_administrator_lets_a_person_in_while_strangers_guess(site: Site) -> None:
    user = account(site)
    for _ in range(6):
        stranger(site).log_in("kadis", "salah-sekali")
    secret = new_link(site.desk.store, user, datetime.now(UTC))
    fresh = stranger(site)
    fresh.post(f"/sandi/{secret}", password="sandi-yang-baru", again="sandi-yang-baru")
    assert fresh.log_in("kadis", "sandi-yang-baru").location == "/kasus"


def test_with_an_app_the_password_alone_opens_nothing(site: Site) -> None:
    account(site)
    site.log_in("kadis")
    app, _ = with_app(site)
    assert site.log_in("kadis").location == "/masuk/kedua"
    assert site.client.get("/kasus").location.startswith("/masuk")
    assert site.client.get("/akun").location.startswith("/masuk"), "no factor is set up or removed half way"
    assert site.post("/masuk/kedua", code="000000x").status_code == 401
    code = now_code(app)
    assert site.post("/masuk/kedua", code=code).location == "/kasus" and site.get("/kasus")
    site.log_in("kadis")
    assert site.post("/masuk/kedua", code=code).status_code == 401, "the same code a second time"
    assert site.post("/masuk/kedua", code=now_code(app, 1)).location == "/kasus"


def test_the_page_wanted_before_is_reached_after_both_steps(site: Site) -> None:
    account(site)
    site.log_in("kadis")
    app, _ = with_app(site)
    site.client.delete_cookie("session")
    site.post("/masuk?next=/piket", login="kadis", password=PASSWORD)
    assert site.post("/masuk/kedua", code=now_code(app)).location == "/piket"


def test_a_recovery_code_opens_once(site: Site) -> None:
    account(site)
    site.log_in("kadis")
    _, codes = with_app(site)
    site.log_in("kadis")
    assert site.post("/masuk/kedua", code=codes[0]).location == "/kasus"
    assert "<strong>9</strong>" in site.get("/akun")
    site.log_in("kadis")
    assert site.post("/masuk/kedua", code=codes[0]).status_code == 401


def test_the_half_way_session_works_once_and_not_from_the_cookie_again(site: Site) -> None:
    account(site)
    site.log_in("kadis")
    app, _ = with_app(site)
    site.log_in("kadis")
    half = site.client.get_cookie("session")
    assert half is not None
    assert site.post("/masuk/kedua", code=now_code(app)).location == "/kasus"
    site.client.set_cookie("session", half.value)
    assert site.client.get("/masuk/kedua").location == "/masuk"


def test_codes_cannot_be_guessed_and_the_person_hears_that_the_password_is_known(site: Site) -> None:
    user = account(site)
    site.log_in("kadis")
    app, _ = with_app(site)
    thief = stranger(site)
    thief.log_in("kadis")
    for _ in range(5):
        assert thief.post("/masuk/kedua", code="000000x").status_code == 401
    assert thief.post("/masuk/kedua", code=now_code(app)).status_code == 401, "the right code must wait now"
    payloads = [
        row["payload"]
        for row in site.desk.store.rows("SELECT payload FROM outbox WHERE recipient = ?", [f"user:{user}"])
    ]
    assert any("code_tries" in payload for payload in payloads)
    site.log_in("kadis")
    assert site.post("/masuk/kedua", code=now_code(app)).location == "/kasus", "not so at the known device"


def test_who_must_have_a_second_factor_sets_it_up_before_he_is_in(strict: Site) -> None:
    account(strict)
    assert strict.log_in("kadis").location == "/masuk/kedua"
    assert strict.client.get("/masuk/kedua").location == "/akun"
    assert strict.client.get("/kasus").location.startswith("/masuk")
    page = strict.get("/akun")
    assert "Peran Anda masuk dengan faktor kedua" in page and "perangkat" not in page.split("<main")[1].lower()
    pending, code, _ = code_of(page)
    assert strict.post("/akun/kode-aplikasi", "/akun", pending=pending, code="000000x").status_code == 422
    done = strict.post("/akun/kode-aplikasi", "/akun", pending=pending, code=code, name="Telepon")
    assert "kode-pemulihan" in done.text and strict.get("/kasus")
    strict.log_in("kadis")
    assert strict.client.get("/kasus").location.startswith("/masuk")


def test_other_roles_of_that_office_log_in_with_the_password(strict: Site) -> None:
    account(strict, "teknisi", "technician")
    assert strict.log_in("teknisi").location == "/kasus"


def test_every_change_of_ones_own_account_asks_the_password(site: Site) -> None:
    user = account(site)
    site.log_in("kadis")
    pending, code, _ = code_of(site.get("/akun"))
    wrong = site.post("/akun/kode-aplikasi", "/akun", pending=pending, code=code, password="salah-sekali")
    assert wrong.status_code == 422 and factors(site.desk.store, user) == []
    with_app(site)
    number = factors(site.desk.store, user)[0]["id"]
    for path in (f"/akun/faktor/{number}", "/akun/kode-pemulihan"):
        assert site.post(path, "/akun", password="salah-sekali").status_code == 422
    assert site.post(f"/akun/faktor/{number}", "/akun", password=PASSWORD).status_code == 302
    assert factors(site.desk.store, user) == [] and "dicabut oleh Nama kadis" in site.get("/akun")


def test_the_administrators_reset_is_named_to_the_person(site: Site) -> None:
    user = account(site)
    site.log_in("kadis")
    with_app(site)
    site.enter("admin")
    assert "Cabut faktor kedua (1)" in " ".join(site.get("/pengguna").split())
    site.post(f"/pengguna/{user}", "/pengguna", act="factors")
    assert site.log_in("kadis").location == "/kasus"
    assert "dicabut oleh Nama admin" in " ".join(site.get("/akun").split())


def test_wrong_passwords_at_the_log_in_hold_up_no_signature(site: Site) -> None:
    """The password is asked again on pages of an open session: strangers' tries elsewhere do not count there."""
    account(site)
    site.log_in("kadis")
    for _ in range(30):
        stranger(site).log_in("kadis", "salah-sekali")
    assert site.post("/akun/kode-pemulihan", "/akun", password=PASSWORD).status_code == 200


def test_an_unknown_role_in_the_configuration_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    with pytest.raises(Exception, match="second_factor_for: kepala is not one of"):
        new_site(tmp_path, second_factor_for=("kepala",))
