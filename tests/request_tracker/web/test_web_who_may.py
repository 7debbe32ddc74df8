"""Every route against every role, stranger and token: the table says who may; a route without its row fails."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tracker_site import NOW, Site, new_site

from request_tracker.cases import OpenCase
from request_tracker.inbox.entries import hand_in
from request_tracker.people.accounts import NewAccount, add_user_inside
from request_tracker.people.roles import ROLES
from request_tracker.people.sessions import SCOPES, add_token, begin_session
from request_tracker.web.shell.access import SESSION_KEY

OFFICIALS = {"head_of_office", "head_of_division", "head_of_section"}
STAFF = OFFICIALS | {"technician", "secretariat", "noc_operator"}
READERS, PAPER_READERS = STAFF | {"auditor", "admin"}, STAFF | {"auditor"}
HANDS, INSPECTORS = {"technician", "noc_operator"}, {"auditor", "admin"}
LEADERS = {"head_of_section", "head_of_division"}
DAY_KEEPERS = {"admin", "secretariat"}
SORTERS = {"secretariat", "technician", "head_of_section"}
# Endpoint to who may. A route that takes GET and POST asks the same of both.
PUBLIC = {
    "public.start", "public.status", "public.request_form", "papers.blank_form", "reports.outage", "reports.complaint",
    "service.standard", "service.code", "login.login", "login.logout", "first_run.setup", "first_run.password",
    "language.change", "static", "track.page", "track.find", "track.by_word", "track.send",
    "api.health", "api.alive", "api.ready", "api.openapi",
    "wall_links.enter",
}  # fmt: skip
SECRET_LINK = {
    "picture_progress.look", "picture_progress.again",
    "requester_page.page", "requester_page.act", "requester_page.draft", "requester_page.letter",
    "own_entry.act", "requester_page.cancel", "requester_page.reopen", "requester_page.write", "requester_page.signed",
    "receipt_page.page", "receipt_page.choose_word", "receipt_page.send",
    "survey.form", "survey.send", "own_papers.paper",
    "acknowledge_link.look", "acknowledge_link.take", "wall_links.opened",
}  # fmt: skip
TOKEN = {
    "api.allocations": "allocations:read",
    "api.proofs": "proofs:write",
    "api.cases": "cases:read",
    "api.case": "cases:read",
}
WEBHOOK = {"api.alerts"}
# One's own account, and the second step of one's own log-in: their answers are held in test_who_sees_what.py.
OWN = {
    "own_account.page", "own_account.add_app", "own_account.add_key", "own_account.remove", "own_account.codes",
    "own_account.forget", "second_step.ask", "second_step.check", "wall_links.typed",
}  # fmt: skip
MAY: dict[str, set[str]] = {
    **dict.fromkeys(("cases.listing", "cases.case", "cases.act", "noc.listing"), READERS),
    **dict.fromkeys(("papers.paper", "papers.use", "papers.filled_form", "papers.archive"), PAPER_READERS),
    **dict.fromkeys(("papers.reading", "papers.stored"), PAPER_READERS),
    **dict.fromkeys(
        ("sops.listing", "sops.page", "sops.printed", "sops.comparison"), READERS | {"requester", "stranger"}
    ),
    **dict.fromkeys(("handbook.listing", "handbook.page", "handbook.picture"), READERS | {"requester", "stranger"}),
    **dict.fromkeys(("agenda.listing", "agenda.blank", "agenda.appointed"), READERS),
    **dict.fromkeys(("outages.listing", "outages.page", "maintenance.listing"), READERS),
    **dict.fromkeys(("runbooks.listing", "runbooks.page"), READERS),
    **dict.fromkeys(("messages.listing", "messages.address"), READERS),
    **dict.fromkeys(("people.duty", "office_days.days", "people.delegations", "contacts.listing"), READERS),
    **dict.fromkeys(("pauses.change", "reassign.assign", "reopen.reopen", "priority.prioritise"), READERS),
    **dict.fromkeys(("papers.final", "relations.change", "comments.note"), STAFF),
    **dict.fromkeys(
        (
            "availability.page",
            "availability.table",
            "demand.page",
            "demand.table",
            "drift.page",
            "outlook.page",
            "fallback.page",
        ),
        READERS - {"secretariat"},
    ),
    **dict.fromkeys(
        ("confirmations.listing", "confirmations.give", "confirmations.deny"), INSPECTORS | {"head_of_office"}
    ),
    "fallback.ask": {"technician", "head_of_section", "head_of_division"},
    "fallback.decide": {"head_of_division", "head_of_office"},
    "rights.view": INSPECTORS,
    "style_page.listing": {"admin"},
    **dict.fromkeys(("data_path.page", "data_path.begin"), INSPECTORS - {"auditor"}),
    **dict.fromkeys(("call_trials.listing", "call_trials.begin"), INSPECTORS - {"auditor"}),
    **dict.fromkeys(("audit.view", "role_list.listing", "exports.listing", "exports.download"), INSPECTORS),
    **dict.fromkeys(("wall.wall", "api.metrics"), READERS),
    **dict.fromkeys(("wall_links.listing", "wall_links.add", "wall_links.revoke"), INSPECTORS - {"auditor"}),
    **dict.fromkeys(("people.users", "people.add", "people.change", "revisions.move"), INSPECTORS - {"auditor"}),
    **dict.fromkeys(("evaluation.listing", "evaluation.page", "evaluation.pack"), READERS - HANDS),
    **dict.fromkeys(("months.listing", "months.page", "months.paper"), READERS - HANDS),
    **dict.fromkeys(("batch_signing.listing", "batch_signing.sign"), OFFICIALS),
    **dict.fromkeys(("inbox.listing", "inbox.entry", "inbox.paper", "inbox.decide"), SORTERS),
    "early_ends.end": OFFICIALS | {"secretariat"},
    "counter.intake": STAFF - {"head_of_office"},
    "cases.record_paper": {"secretariat"},
    "agenda.add": {"secretariat", "noc_operator"},
    "comments.answer": LEADERS | {"technician", "secretariat"},
    "demand.change": LEADERS | {"technician"},
    "registration.anyway": LEADERS,
    "outages.take": LEADERS | {"technician", "noc_operator", "head_of_office"},
    "outages.act": READERS,
    "outages.cause": {"head_of_section", "technician", "noc_operator"},
    "outages.isp": {"head_of_section", "technician", "noc_operator"},
    **dict.fromkeys(
        ("maintenance.change", "maintenance.window", "maintenance.change_end"), LEADERS | {"technician", "noc_operator"}
    ),
    "hosts.view": STAFF - {"secretariat"},
    "people.change_duty": LEADERS | {"admin"},
    **dict.fromkeys(("office_days.change_day", "ramadan.change"), DAY_KEEPERS),
    "people.end_delegation": {"admin"},  # An official his own alone: test_web_attacks.
    "messages.by_hand": {"technician", "head_of_section", "secretariat", "noc_operator", "admin"},
    "contacts.change": {"technician", "head_of_section", "secretariat", "noc_operator", "admin"},
}
OTHER = {
    **{f"inbox.{name}": {"number": "1"} for name in ("entry", "paper", "decide")},
    **{f"maintenance.{name}": {"number": "1"} for name in ("window", "change_end")},
    "people.end_delegation": {"number": "1"},
    "wall_links.revoke": {"number": "1"},
    "confirmations.give": {"number": "1"},
    "confirmations.deny": {"number": "1"},
    "fallback.decide": {"number": "1"},
    "messages.by_hand": {"number": "1"},
    "papers.paper": {"form": "pdf"},
    "months.listing": {"name": "2026-11"},
    "months.page": {"name": "2026-11", "kind": "opd", "key": "dinkes"},
    "months.paper": {"name": "2026-11", "kind": "opd", "key": "dinkes", "form": "svg"},
}
# What a page of these roles may change of a case by itself: nothing (REFERENCE 6.6: the auditor reads).
READ_ONLY = ("auditor", "admin", "requester", "stranger")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One office with a case, an account of each role, and no CSRF: that is held elsewhere, for every form."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        made = new_site(tmp_path_factory.mktemp("who-may"), live_traffic_from=())
        made.client.application.config["WTF_CSRF_ENABLED"] = False
        made.request()
        hand_in(made.desk, OpenCase("PKL-PG", "Pengaduan", form={"description": "lambat"}), "complaint", NOW)
        yield made
        made.desk.store.close()


@pytest.fixture(scope="module")
def people(office: Site) -> dict[str, FlaskClient]:
    """A browser of each role, and one of nobody."""
    found = {"stranger": office.client.application.test_client()}
    for role in ROLES:
        login, store = role.replace("_", "-"), office.desk.store
        with store.transaction() as db:
            user = add_user_inside(store, db, NewAccount(login, f"Nama {login}", (role,), ""), "no password", NOW)
        found[role] = office.client.application.test_client()
        with found[role].session_transaction() as session:
            session[SESSION_KEY] = begin_session(office.desk.store, user, NOW)
    return found


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Every endpoint with method and an address of it."""
    given = {"number": "PKL-BW/2026/000001", "step": "PKL-B-02", "sha256": "a" * 64, "code": "PKL-BW", "form": "csv"}
    given |= {"name": "2026-Q4", "user": "1", "seq": "1", "kind": "lembar_disposisi", "table": "cases"}
    given |= {"language": "id", "filename": "lebarpita.css", "token": "salah", "secret": "salah"}
    found = []
    for rule in app.url_map.iter_rules():
        values = {**given, **OTHER.get(rule.endpoint, {})}
        address = "".join(values.get(text, "lain") if is_name else text for is_name, text in rule._trace if text != "|")
        found += [(rule.endpoint, method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def test_every_route_has_its_row(office: Site) -> None:
    known = PUBLIC | SECRET_LINK | TOKEN.keys() | WEBHOOK | OWN | MAY.keys()
    assert {endpoint for endpoint, _, _ in routes(office.client.application)} == known, "say in MAY who may open it"


@pytest.mark.parametrize("role", ["stranger", *ROLES])
def test_a_route_opens_to_those_of_its_row_alone(office: Site, people: dict[str, FlaskClient], role: str) -> None:
    events = office.desk.store.value("SELECT count(*) FROM events")
    wrong = []
    for endpoint, method, address in routes(office.client.application):
        if endpoint == "login.logout" or endpoint in TOKEN:
            continue
        with people[role].open(address, method=method) as answer:
            pass
        # /metrics is read by programs: a stranger is not sent to log in but told which token it needs.
        shut = answer.status_code == 403 or (endpoint, answer.status_code) == ("api.metrics", 401)
        shut = shut or (answer.location or "").startswith("/masuk?next=")
        if endpoint in MAY and shut is (role in MAY[endpoint]):
            wrong.append((endpoint, method, answer.status_code, answer.location))
        if (endpoint in PUBLIC and shut) or answer.status_code >= 500:
            wrong.append((endpoint, method, answer.status_code, answer.location))
        if endpoint in SECRET_LINK and answer.status_code not in (404, 409):
            wrong.append((endpoint, method, answer.status_code, answer.location))
        if endpoint in WEBHOOK and answer.status_code != 401:
            wrong.append((endpoint, method, answer.status_code, answer.location))
    assert wrong == []
    if role in READ_ONLY:
        assert office.desk.store.value("SELECT count(*) FROM events") == events


def test_a_token_opens_the_calls_of_its_scope_alone(office: Site) -> None:
    client = office.client.application.test_client()
    tokens = {scope: add_token(office.desk.store, scope, [scope], NOW) for scope in SCOPES}
    for endpoint, method, address in routes(office.client.application):
        if endpoint not in TOKEN:
            continue
        assert client.open(address, method=method).status_code == 401, address
        for scope, token in tokens.items():
            answer = client.open(address, method=method, headers={"Authorization": f"Bearer {token}"})
            opened = answer.status_code in (200, 400)
            assert (opened, answer.status_code == 403) == (scope == TOKEN[endpoint], scope != TOKEN[endpoint]), address


def test_no_log_in_of_a_person_opens_the_programs_calls(people: dict[str, FlaskClient], office: Site) -> None:
    for endpoint, method, address in routes(office.client.application):
        if endpoint in TOKEN:
            assert {people[role].open(address, method=method).status_code for role in ROLES} == {401}, address


def test_a_secret_link_opens_its_own_case_and_nothing_of_another(office: Site) -> None:
    mine, other = office.request(), office.request()
    client = office.client.application.test_client()
    assert other.number not in client.get(f"/lacak/{mine.token}").text
    client.post(f"/lacak/{mine.token}/batal", data={"reason": "uji", "number": other.number})
    rows = office.desk.store.rows(
        "SELECT number, ending FROM cases WHERE number IN (?, ?)", [mine.number, other.number]
    )
    assert {row["number"]: row["ending"] for row in rows} == {mine.number: "dibatalkan", other.number: None}
    assert len(mine.token) >= 22 and mine.token[:8] != other.token[:8]
    for wrong in (mine.token[:-1], mine.token.swapcase(), mine.token + "x", other.number, "%00", ".."):
        assert client.get(f"/lacak/{wrong}").status_code == 404, wrong
