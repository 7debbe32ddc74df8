"""Every page of every role over an office at work: no key, alert name or setting is said; one primary button."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient
from page_routes import routes
from tracker_office import CITY
from tracker_site import NOW, PUBLIC, Site, new_site

from inventory.titles import titles
from request_tracker.cases import OpenCase, open_case
from request_tracker.outages.outage_reports import AlertDelivery, OutageRecord
from request_tracker.outages.tickets import deliver, reconcile
from request_tracker.people.accounts import NewAccount, add_user_inside
from request_tracker.people.roles import ROLES
from request_tracker.people.sessions import begin_session
from request_tracker.web.shell.access import SESSION_KEY

KEYS = sorted(key for key, name in titles(CITY).items() if name != key)
KEY = re.compile(rf"(?<![\w/.-])({'|'.join(map(re.escape, KEYS))})(?![\w/.-])")
ALERT_NAME = re.compile(r"\bLebarpita[A-Z]\w+")
# "wanted_receive", "lebarpita_opd_…": a key of the code, of the configuration or a metric; also "(channels)".
CODE_WORD = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\(channels\)")
NO_AGE = re.compile(r"(?<![\d.,])0 (?:[ds]|dtk)\b")
# A unit of one letter that is another unit to somebody: "d" of detik and of day, "m" of menit and of metre.
LONE_UNIT = re.compile(r"(?<![\w.,/-])\d+ [djm]\b")
# Pages that are read with a hand on a keyboard: what they name is typed, or searched for in Alertmanager.
FOR_HANDS = ("/runbooks", "/api/", "/metrics", "/static/", "/gaya")
# Sends no page, or ends the log-in.
LEFT_OUT = ("login.logout", "language.change")
# What the addresses of the routes table cannot know: the cases of this office.
MORE = (
    *("/kasus/PKL-GG/2026/000001", "/gangguan/PKL-GG/2026/000001", "/kasus/PKL-GG/2026/000002"),
    *("/gangguan/PKL-GG/2026/000002", "/gangguan/PKL-GG/2026/000003", "/kasus/PKL-PG/2026/000001"),
    *("/kasus/baru?sop=PKL-BW", "/pemakai?opd=dinkes", "/agenda?arah=keluar", "/sop/PKL-GG", "/noc?urut=umur"),
    "/wall?gambar=peta",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One office with a request, a complaint, an outage of a line, of an uplink and of a device, and a warning."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        made = new_site(tmp_path_factory.mktemp("speak"))
        made.request()
        open_case(made.desk, OpenCase("PKL-PG", "Pengaduan", None, {"description": "lambat"}), PUBLIC, NOW)
        begun = NOW.timestamp() - 120
        reconcile(
            made.desk,
            [
                OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), begun, None, "watch"),
                OutageRecord("isp-utama", "uplink", "silent", ("rsud",), begun, None, "watch"),
                OutageRecord("core", "device", "device_down", ("rsud",), begun, begun + 60, "watch"),
            ],
            NOW,
        )
        labels = {"alertname": "LebarpitaDeviceSilent", "severity": "warning", "device": "agg"}
        notes = {"summary": "Router agregasi tidak menjawab SNMP 10 menit"}
        warned = AlertDelivery(
            fingerprint="f1",
            status="firing",
            labels=labels,
            annotations=notes,
            starts_at=NOW.isoformat(),
            started_at=NOW.timestamp(),
            ended_at=None,
        )
        deliver(made.desk, [warned], NOW)
        yield made
        made.desk.store.close()


@pytest.fixture(scope="module")
def people(office: Site) -> dict[str, FlaskClient]:
    """A browser of each role, and one of nobody."""
    clients = {"stranger": office.client.application.test_client()}
    for role in ROLES:
        store = office.desk.store
        account = NewAccount(role.replace("_", "-"), f"Nama {ROLES[role]}", (role,), "")
        with store.transaction() as db:
            user = add_user_inside(store, db, account, "no password", NOW)
        clients[role] = office.client.application.test_client()
        with clients[role].session_transaction() as session:
            session[SESSION_KEY] = begin_session(office.desk.store, user, NOW)
    return clients


def pages(office: Site, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Each page this person can open, by its address."""
    table = routes(office.client.application)
    addresses = [a for name, method, a in table if method == "GET" and name not in LEFT_OUT]
    for address in dict.fromkeys((*addresses, *MORE)):
        if not address.startswith(FOR_HANDS):
            answer = client.get(address)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield address, answer.text


def texts(html: str) -> list[str]:
    """What a page says and what is read out, without what is to be typed (``code``, ``pre``)."""
    bare = re.sub(r"<(code|pre|script|title)\b.*?</\1>", "<>", html, flags=re.DOTALL)
    spoken = re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*)"', bare)
    return [unescape(text) for text in (*re.split(r"<[^>]*>", bare), *spoken)]


def primaries(html: str) -> list[str]:
    """The buttons of the first rank on a page, links that look so among them."""
    main = re.sub(r"<(code|pre)\b.*?</\1>", "", html.partition("<main")[2], flags=re.DOTALL)
    first = []
    for tag, more, words in re.findall(r"<(button|a|summary)\b([^>]*)>\s*(.*?)\s*</\1>", main, flags=re.DOTALL):
        looks = (re.search(r'class="([^"]*)"', more) or ["", ""])[1].split()
        if (tag == "button" or "button" in looks) and not {"second", "plain", "grave"} & set(looks):
            first.append(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", words)))
    return first


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_no_page_says_a_key_an_alert_s_name_a_setting_or_an_age_of_nothing(
    office: Site, people: dict[str, FlaskClient], role: str
) -> None:
    wrong = {
        f"{address}: {said[0]!r} in {text.strip()[:90]!r}"
        for address, html in pages(office, people[role])
        for text in texts(html)
        for pattern in (KEY, ALERT_NAME, CODE_WORD, NO_AGE, LONE_UNIT)
        if (said := pattern.search(text))
    }
    assert wrong == set(), "\n" + "\n".join(sorted(wrong))


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_a_page_has_one_primary_button_at_most(office: Site, people: dict[str, FlaskClient], role: str) -> None:
    many = {address: buttons for address, html in pages(office, people[role]) if len(buttons := primaries(html)) > 1}
    assert many == {}, "\n" + "\n".join(f"{address}: {buttons}" for address, buttons in many.items())


def test_the_patterns_see_what_they_are_for() -> None:
    assert KEY.search("Uplink isp-utama: p95") and KEY.search("agg-timur") and not KEY.search("Router agregasi")
    assert ALERT_NAME.search("LebarpitaDeviceSilent") and CODE_WORD.search("head_of_office")
    assert NO_AGE.search("umur 0 d") and NO_AGE.search("umur 0 dtk") and LONE_UNIT.search("selama 3 m 20 d")
    assert (
        not NO_AGE.search("10 dtk") and not LONE_UNIT.search("3 mnt 20 dtk") and not CODE_WORD.search("kasus terkait")
    )
    assert "agg-timur" not in texts("<p>a<code>agg-timur</code></p>")
    assert primaries('<main><button type="submit">Kirim</button><a class="button second">b</a></main>') == ["Kirim"]


def test_an_auditor_is_shown_no_command_of_a_shell(office: Site, people: dict[str, FlaskClient]) -> None:
    """The runbooks, which tell others what to type, are read by him in ``test_page_runbooks``."""
    shown = {
        address: found[0]
        for address, html in pages(office, people["auditor"])
        if (found := re.search(r"\b(lebarpita-[a-z]+ [a-z]+|(systemctl|journalctl|promtool|python -m) [\w-]+)", html))
    }
    assert shown == {}


def test_a_list_says_what_comes_next_in_words_and_an_empty_one_says_that_it_is(
    office: Site, people: dict[str, FlaskClient]
) -> None:
    noc = people["noc_operator"].get("/noc").text
    assert re.search(r"berikutnya: <strong[^>]*>Pengecekan fisik perangkat aktif jaringan utama<", noc)
    assert "Rumah Sakit Umum Daerah" in noc and "belum ditangani" in noc
    for address in ("/agenda", "/kebutuhan", "/audit"):
        role = {"/agenda": "secretariat", "/kebutuhan": "head_of_section"}.get(address, "auditor")
        assert 'class="empty"' in people[role].get(address).text, address
