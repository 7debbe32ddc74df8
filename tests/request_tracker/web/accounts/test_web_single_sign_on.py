"""Logging in through a provider: whom it vouches for comes in, everything else is a sentence on the log-in page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from joserfc.jwk import ECKey
from openid_provider import CLIENT, SECRET, Provider, running
from pydantic import ValidationError
from tracker_site import NOW, PASSWORD, Site, new_site

from request_tracker.config import OpenIdConnect
from request_tracker.errors import TrackerError
from request_tracker.people.accounts import NewAccount, add_user, set_active
from request_tracker.people.recovery_codes import new_codes
from request_tracker.people.second_factors import NewFactor, add_factor
from request_tracker.web.accounts import single_sign_on
from request_tracker.web.app import create_app

STALE, OTHER, UNTRUSTED = "bukan untuk permintaan masuk ini", "penyedia lain", "tidak dapat dipercaya"


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    with running(Provider()) as made:
        yield made


@pytest.fixture
def provider(running_provider: Provider) -> Provider:
    """The provider, honest again."""
    honest = Provider(key=running_provider.key, issuer=running_provider.issuer, asked={})
    vars(running_provider).update(vars(honest))
    return running_provider


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with accounts for budi and, switched off, for ani."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        patch.setenv("OIDC", SECRET)
        made = new_site(tmp_path_factory.mktemp("office"))
        for login in ("budi", "ani"):
            add_user(made.desk.store, NewAccount(login, login.title(), ("technician",), PASSWORD), NOW)
        set_active(made.desk.store, 2, False, NOW)
        yield made
        made.desk.store.close()


@pytest.fixture(scope="module")
def door_of_all(office: Site, running_provider: Provider) -> Site:
    return with_provider(office, running_provider.issuer)


@pytest.fixture
def door(door_of_all: Site, provider: Provider) -> Site:
    """The site with an honest provider beside the password, seen by a new browser."""
    return Site(door_of_all.desk, door_of_all.client.application.test_client())


def with_provider(site: Site, issuer: str, testing: bool = True, factor_for: tuple[str, ...] = ()) -> Site:
    """The same office with this provider; the application has yet to read its discovery document."""
    office = site.client.application.extensions["office"]
    settings = OpenIdConnect(issuer=issuer, client_id=CLIENT, client_secret="env:OIDC")
    config = office.config.model_copy(update={"oidc": settings, "second_factor_for": factor_for})
    return Site(site.desk, create_app(replace(office, config=config), testing=testing).test_client())


def callback(door: Site, page: str = "/masuk/oidc") -> str:
    """Where the provider sends the browser back to."""
    there = door.client.get(page)
    assert there.status_code == 302, there.text
    back = requests.get(there.location, allow_redirects=False, timeout=120).headers["Location"]
    return back.removeprefix("http://127.0.0.1:9820")


def refusal(door: Site, status: int = 401) -> str:
    """Go to the provider and back; nobody is in, and the page says why."""
    answer = door.client.get(callback(door))
    assert answer.status_code == status
    assert door.client.get("/kasus").location.startswith("/masuk")
    return str(answer.text)


def test_whom_the_provider_vouches_for_comes_in_to_the_page_he_wanted(door: Site) -> None:
    assert "Akun pemerintah" in door.get("/masuk")
    answer = door.client.get(callback(door, "/masuk/oidc?next=/agenda"))
    assert (answer.status_code, answer.location) == (302, "/agenda")
    assert "Budi" in door.get("/kasus")


def test_who_has_a_second_factor_here_shows_it_after_the_provider_too(door: Site, provider: Provider) -> None:
    store = door.desk.store
    citra = add_user(store, NewAccount("citra", "Citra", ("technician",), PASSWORD), NOW)
    add_factor(store, citra, NewFactor(kind="totp", name="Telepon", secret="x", counter=0), NOW)
    code, *_ = new_codes(store, citra, NOW)
    provider.person = "citra"
    assert door.client.get(callback(door, "/masuk/oidc?next=/agenda")).location == "/masuk/kedua"
    assert door.client.get("/kasus").location.startswith("/masuk")
    assert door.post("/masuk/kedua", "/masuk/kedua", code="000000").status_code == 401
    assert door.post("/masuk/kedua", "/masuk/kedua", code=code).location == "/agenda"
    assert "Citra" in door.get("/kasus")


def test_who_must_have_a_second_factor_and_has_none_sets_it_up_after_the_provider(
    office: Site, provider: Provider
) -> None:
    door = with_provider(office, provider.issuer, factor_for=("technician",))
    assert door.client.get(callback(door)).location == "/masuk/kedua"
    assert door.client.get("/masuk/kedua").location == "/akun"
    assert door.client.get("/kasus").location.startswith("/masuk")


def test_the_way_back_never_leads_to_another_site(door: Site) -> None:
    assert door.client.get(callback(door, "/masuk/oidc?next=//contoh.invalid/")).location == "/kasus"


LIES: dict[str, tuple[Callable[[Provider], Any], str]] = {
    "wrong nonce": (lambda p: p.claims.update(nonce="of-somebody-else"), STALE),
    "no nonce": (lambda p: p.claims.update(nonce=None), STALE),
    "wrong issuer": (lambda p: p.claims.update(iss="https://lain.invalid"), OTHER),
    "no issuer": (lambda p: p.claims.update(iss=None), OTHER),
    "for another application": (lambda p: p.claims.update(aud="another", azp=CLIENT), OTHER),
    "over": (lambda p: p.claims.update(exp=1), UNTRUSTED),
    "another key": (lambda p: setattr(p, "signs_with", ECKey.generate_key("P-256")), UNTRUSTED),
    "no name": (lambda p: p.claims.update(preferred_username=None), UNTRUSTED),
    "a name that is no text": (lambda p: p.claims.update(preferred_username={"a": 1}), UNTRUSTED),
    "unknown account": (lambda p: setattr(p, "person", "siti"), "Akun siti belum ada di pelacak"),
    "hostile name": (lambda p: setattr(p, "person", "<script>"), "Akun &lt;script&gt; belum ada"),
    "declined": (lambda p: setattr(p, "declines", True), "tidak mengizinkan Anda masuk"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_the_provider_may_not_say_is_refused_with_a_sentence(door: Site, provider: Provider, lie: str) -> None:
    change, sentence = LIES[lie]
    change(provider)
    assert sentence in refusal(door)


def test_a_disabled_account_stays_out_whatever_the_provider_says(door: Site, provider: Provider) -> None:
    provider.person = "ani"
    assert "Akun ani dinonaktifkan" in refusal(door)


def test_switching_an_account_off_ends_what_the_provider_began(door: Site) -> None:
    door.client.get(callback(door))
    assert "Budi" in door.get("/kasus")
    set_active(door.desk.store, 1, False, NOW)
    assert door.client.get("/kasus").location.startswith("/masuk")
    set_active(door.desk.store, 1, True, NOW)


def test_an_answer_that_this_browser_did_not_ask_for_or_used_already_is_refused(door: Site) -> None:
    back = callback(door)
    stranger = Site(door.desk, door.client.application.test_client())
    assert STALE in stranger.client.get(back).text
    assert door.client.get(back).status_code == 302
    assert door.client.get(back).status_code == 401


def test_a_discovery_document_of_another_issuer_is_refused(office: Site, provider: Provider) -> None:
    provider.discovery.update(issuer="https://lain.invalid")
    answer = with_provider(office, provider.issuer).client.get("/masuk/oidc")
    assert (answer.status_code, OTHER in answer.text) == (401, True)


@pytest.mark.parametrize("broken", [{"authorization_endpoint": None}, {"authorization_endpoint": 7}])
def test_a_broken_discovery_document_is_told_and_the_password_still_works(
    office: Site, provider: Provider, broken: dict[str, Any]
) -> None:
    provider.discovery.update(broken)
    door = with_provider(office, provider.issuer)
    answer = door.client.get("/masuk/oidc")
    assert (answer.status_code, "masuk dengan sandi" in answer.text) == (503, True)
    assert door.log_in("budi").location == "/kasus"


def test_a_provider_that_is_away_is_told_in_both_languages(office: Site) -> None:
    door = with_provider(office, "http://127.0.0.1:9")
    assert "Penyedia akun tidak menjawab" in door.client.get("/masuk/oidc").text
    door.client.get("/bahasa/en")
    assert "account provider does not answer" in door.client.get("/masuk/oidc").text


def test_the_log_names_the_reason_and_no_secret(
    door: Site, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.claims.update(nonce="x")
    refusal(door)
    assert "event=single_sign_on_refused reason=provider_stale" in caplog.text
    assert SECRET not in caplog.text and "eyJ" not in caplog.text


def test_without_a_provider_there_is_no_such_page(office: Site) -> None:
    assert office.client.get("/masuk/oidc").status_code == 404
    assert "oidc" not in office.get("/masuk")


def test_settings_that_cannot_work_are_told_at_the_start(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="issuer"):
        OpenIdConnect(issuer="http://sso.contoh.invalid", client_id=CLIENT, client_secret="env:OIDC")
    monkeypatch.delenv("OIDC")
    with pytest.raises(TrackerError, match="OIDC is not set"):
        with_provider(office, "https://sso.contoh.invalid")
    monkeypatch.setenv("OIDC", SECRET)
    monkeypatch.setattr(single_sign_on, "OAuth", None)
    with pytest.raises(TrackerError, match="Authlib is not installed"):
        with_provider(office, "https://sso.contoh.invalid")


def test_the_way_to_the_provider_has_its_rate_limit(office: Site) -> None:
    door = with_provider(office, "http://127.0.0.1:9", testing=False)
    assert [door.client.get("/masuk/oidc").status_code for _ in range(31)][-2:] == [503, 429]
