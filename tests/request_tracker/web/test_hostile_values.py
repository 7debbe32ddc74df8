"""Every route, asked by nobody and by every role, with values that no honest browser sends: never an answer of 5xx.

Generated from the routes and from the names that the pages' own code reads: a new page and a new field are walked
without being named here.
"""

import inspect
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from page_routes import routes
from tracker_papers import PDF
from tracker_site import NOW, Site, new_site
from tree import ROOT
from werkzeug.datastructures import MultiDict

from request_tracker.people.accounts import NewAccount, add_user_inside
from request_tracker.people.roles import ROLES
from request_tracker.people.sessions import SCOPES, add_token, begin_session
from request_tracker.sop.forms import FORMS, OPENING
from request_tracker.web.shell.access import SESSION_KEY

# A walk of every page with every value is minutes on a busy machine: 249 s beside two other runs.
pytestmark = pytest.mark.timeout(1800)
WEB = ROOT / "request_tracker" / "web"
NUMBERS = ("99999999999999999999", "9" * 5_000, "-1", "-99999999999999999999", "0", "NaN", "1e400", "٣", "0x1f", "1_0")
DATES = ("0000-00-00", "0001-01-01", "0001-01-01T00:00", "9999-12-31", "9999-12-31T23:59:59+14:00", "2026-13-45")
TEXTS = ("\0", "a\0b", "\ud800", "￿", "‮", "'\"--;", "{{7*7}}", "%s%n", "\r\nSet-Cookie: a=b", "x" * 100_000, "")
PATHS = ("../../../etc/passwd", "/etc/passwd", "..\\..\\x", "file:///etc/passwd", "//evil.invalid/x", "a" * 64, "-")
HOSTILE = (*NUMBERS, *DATES, *TEXTS, *PATHS)


def deep_for(key: str, who: str) -> Sequence[str]:
    """For a name by itself, beside honest ones; the fields of the SOPs' forms are read by one function, by kind."""
    return DEEP if who in WIDE and key not in FIELDS else SHORT


def in_a_path(values: Sequence[str]) -> list[str]:
    """As an address carries them; a lone surrogate as the bytes that no text has."""
    return [quote(value.encode("utf-8", "surrogatepass"), safe="") for value in (*values, ".")]


SOPS = ("PKL-BW", "KTM-BW", "BTM-BW")


FIELDS = sorted({field.key for fields in (*FORMS.values(), *OPENING.values()) for field in fields})
# What an honest form says, so that a hostile value beside it reaches as deep as it can.
HONEST = {
    **{"opd": "dinkes", "sop": "PKL-BW", "wanted_receive": "50", "purpose": "uji", "description": "mati"},
    **{"contact_name": "Narahubung", "contact_phone": "08", "starts": "2027-01-01T08:00", "ends": "2027-01-02T08:00"},
    **{"role": "technician", "user": "1", "giver": "1", "taker": "2", "rank": "1", "basis": "SP", "reason": "uji"},
    **{"day": "2027-01-01", "name": "Nama", "login": "baru", "text": "hai", "note": "hai", "document": "surat"},
    **{"version": "1", "priority": "1", "subject": "opd:dinkes", "until": "2027-01-01", "channel": "surat"},
    **{"direction": "masuk", "number": "1/2/3", "date": "2026-11-20", "paper_date": "2026-11-20", "decided_by": "1"},
}
SHORT = ("99999999999999999999", "0001-01-01T00:00")
DEEP = ("99999999999999999999", "-1", "0001-01-01", "9999-12-31T23:59", "a\0b", "\ud800", "x" * 20_000)


def names_in(code: str) -> set[str]:
    """Every name that a page's code reads from an address or a form."""
    asked = set(re.findall(r"(?:get|getlist|number|when|_moment|uploaded)\(f?[\"'](\w+)[\"']", code))
    # A declared field is read by its declaration.
    asked |= set(re.findall(r"\bField\(\s*[\"'](\w+)[\"']", code))
    asked |= set(re.findall(r"sent_(?:text|list)\([\"'](\w+)[\"']", code))
    return asked | (set(FIELDS) if "field.key" in code or "FIELDS" in code else set())


CODE = "".join(path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*.py")))
NAMES = sorted((names_in(CODE) | set(FIELDS)) - {"csrf_token", "sekali"})
Requests = Iterator[tuple[str, str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One office with a case of each SOP; no CSRF, which would answer for the pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        made = new_site(tmp_path_factory.mktemp("hostile"))
        made.client.application.config["WTF_CSRF_ENABLED"] = False
        for sop in SOPS:
            made.request(sop)
        assert made.client.post("/lapor", data=HONEST).status_code == 303
        yield made
        made.desk.store.close()


@pytest.fixture(scope="module")
def people(office: Site) -> dict[str, FlaskClient]:
    """A browser of nobody, one of each role, and one with a token of every scope."""
    app, store = office.client.application, office.desk.store
    found = {"stranger": app.test_client(), "token": app.test_client()}
    token = add_token(store, "semua", sorted(SCOPES), NOW)
    found["token"].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    for role in ROLES:
        with store.transaction() as db:
            account = NewAccount(role.replace("_", "-"), f"Nama {role}", (role,), "")
            user = add_user_inside(store, db, account, "no password", NOW)
        found[role] = app.test_client()
        with found[role].session_transaction() as session:
            session[SESSION_KEY] = begin_session(store, user, NOW)
    return found


WHO = ("stranger", "token", *ROLES)
# Together they open every page; the others are asked with fewer values, because the same page reads them the same way.
WIDE = frozenset({"stranger", "token", "admin", "head_of_section"})


def values_for(who: str) -> Sequence[str]:
    return HOSTILE if who in WIDE else SHORT


def faults(client: FlaskClient, asked: Requests) -> list[tuple[Any, ...]]:
    """What was answered with 5xx. A page that is shut to who asks reads nothing: it is asked once."""
    wrong = []
    for method, address, ways in asked:
        for how in ways:
            with client.open(how.pop("path", address), method=method, **how) as answer:
                shut = answer.status_code in (401, 403) or (answer.location or "").startswith("/masuk?next=")
                if answer.status_code >= 500:
                    said = answer.get_data(as_text=True)[-300:]
                    wrong.append((method, address[:80], str(how)[:200], answer.status_code, said))
            if shut:
                break
    return wrong


def pages(office: Site, method: str, who: str) -> list[tuple[str, str]]:
    """Endpoint and address of every route of that method."""
    app = office.client.application
    walked = [(name, address) for name, of, address in routes(app) if of == method and name != "login.logout"]
    # To every other page a token is a stranger.
    return [page for page in walked if page[0].startswith("api.") or who != "token"]


def as_form(names: Sequence[str], value: str) -> str:
    return "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}" for name in names)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("who", WHO)
def test_hostile_values_in_every_part_of_every_path(office: Site, people: dict[str, FlaskClient], who: str) -> None:
    def asked() -> Requests:
        for method in ("GET", "POST"):
            for _, address in pages(office, method, who):
                parts = address.split("/")
                honest = [{"path": address}] if len(parts) > 2 else []
                changed = [
                    {"path": "/".join([*parts[:place], value, *parts[place + 1 :]])}
                    for place in range(2, len(parts))
                    for value in in_a_path(values_for(who))
                ]
                yield method, address, [*honest, *changed]

    assert faults(people[who], asked()) == []


@pytest.mark.parametrize("who", WHO)
def test_hostile_values_under_every_name_of_an_address(office: Site, people: dict[str, FlaskClient], who: str) -> None:
    def asked() -> Requests:
        for name, address in pages(office, "GET", who):
            read = sorted(names_in(source_of(office, name))) or ["q"]
            raw = [{"query_string": as_form(read, value[:5_000])} for value in values_for(who)]
            single = [{"query_string": as_form([key], value)} for key in read for value in deep_for(key, who)]
            yield "GET", address, [*raw, *single, {"query_string": "&".join(f"{key}=%ff&{key}=%c0" for key in read)}]

    assert faults(people[who], asked()) == []


@pytest.mark.parametrize("who", WHO)
def test_hostile_values_under_every_name_of_a_form(office: Site, people: dict[str, FlaskClient], who: str) -> None:
    def asked() -> Requests:
        for name, address in pages(office, "POST", who):
            read = sorted(names_in(source_of(office, name))) or ["a"]
            bodies = [as_form(read, value) for value in values_for(who)]
            bodies += [beside_honest(key, value) for key in read for value in deep_for(key, who)]
            yield "POST", address, [{"data": body, "content_type": FORM} for body in bodies]

    assert faults(people[who], asked()) == []


def beside_honest(key: str, value: str) -> str:
    """A form of honest values but for one."""
    return "&".join(as_form([name], value if name == key else said) for name, said in {**HONEST, key: value}.items())


def source_of(office: Site, endpoint: str) -> str:
    """The code of the module that answers there, and of those of its folder that it takes its form's reading from."""
    view = office.client.application.view_functions[endpoint]
    path = Path(inspect.getfile(inspect.unwrap(view)))
    return path.read_text(encoding="utf-8") if WEB in path.parents else ""


@pytest.mark.parametrize("who", WHO)
def test_files_where_texts_are_expected_texts_where_files_are_and_a_name_many_times(
    office: Site, people: dict[str, FlaskClient], who: str
) -> None:
    def asked() -> Requests:
        for name, address in pages(office, "POST", who):
            read = sorted(names_in(source_of(office, name)) | {"file", "letter"})[:50]
            files = ("surat.pdf", "../../x\0.pdf", "x" * 5_000 + ".jpg", "")
            ways: list[dict[str, Any]] = [
                {"data": MultiDict((key, (BytesIO(PDF), file)) for key in read)} for file in files
            ]
            ways.append({"data": MultiDict((key, "1") for key in read for _ in range(3))})
            ways.append({"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"})
            ways.append({"data": b"{" * 10_000, "content_type": "application/json"})
            ways.append({"data": b'{"a": "\\ud800", "alerts": [{"labels": 1e999}], "revision": 1e30}'})
            yield "POST", address, ways

    assert faults(people[who], asked()) == []


def test_no_page_reads_a_number_or_a_day_but_through_the_place_for_it() -> None:
    """``sent_values`` and ``words.written`` bound them; whatever reads them by itself forgets to."""
    unbounded = re.compile(r"type=int|, int\)|fromisoformat\((?:request|text)|strptime\(|int\(request")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted(WEB.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if unbounded.search(line)
    ]
    assert found == []


def test_the_walk_knows_the_names_that_matter() -> None:
    assert {"halaman", "tahun", "tanggal", "version", "since", "until", "occurred_at", "q", "opd"} <= set(NAMES)
    assert Path(WEB, "shell", "sent_values.py").exists()
