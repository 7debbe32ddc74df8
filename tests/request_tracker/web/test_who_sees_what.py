"""The table of who sees what (docs/reference) against the real answers: each route, role, link and token.

What the table says is read from the page itself, so that a wrong cell fails here and not only in a person's trust.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from tracker_site import NOW, Site, new_site
from tree import ROOT

from docs.routes_page import routes
from request_tracker.people.accounts import NewAccount, add_user_inside
from request_tracker.people.half_logins import begin_half
from request_tracker.people.links import new_link
from request_tracker.people.roles import ROLES
from request_tracker.people.second_factors import TOTP, NewFactor, add_factor
from request_tracker.people.sessions import SCOPES, add_token, begin_session
from request_tracker.people.wall_links import add_wall_link
from request_tracker.web.accounts.entering import HALF_KEY
from request_tracker.web.app import create_app
from request_tracker.web.shell.access import SESSION_KEY

ROW = re.compile(
    r"^\| `(?P<address>/[^`]*)` \| (?P<methods>[A-Z, ]+) \| (?P<who>.*) \| (?P<why>[^|]+) \|$", re.MULTILINE
)
TABLE = [match.groupdict() for match in ROW.finditer((ROOT / "docs/reference/who-sees-what.md").read_text("utf-8"))]
ACCOUNT, EVERYBODY = "everybody with an account, what is his own", "everybody"
LINK = "whoever has its secret link"
# Which address each placeholder of a route is tried with; a link's is put in by its own test.
VALUES = {"number": "PKL-BW/2026/000001", "step": "PKL-B-02", "sha256": "a" * 64, "code": "PKL-BW", "form": "pdf"}
VALUES |= {"name": "2026-Q4", "user": "1", "seq": "1", "kind": "lembar_disposisi", "table": "cases", "which": "kasus"}
VALUES |= {"language": "id", "filename": "lebarpita.css", "token": "salah", "secret": "salah", "key": "surat"}
MONTH, TABLE_FORM = {"name": "2026-10", "kind": "opd", "key": "dinkes"}, {"form": "csv"}


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks: a browser, and whether the table lets him through a row."""

    name: str
    client: FlaskClient
    cells: tuple[str, ...]
    token: str = ""

    def may(self, who: str) -> bool:
        """Whether one of his cells stands in the row's."""
        return who == EVERYBODY or any(cell in re.split(r"; |, (?=`)", who) for cell in self.cells)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An office as it is shipped, no network configured; no CSRF: that is held elsewhere, for every form."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        made = new_site(tmp_path_factory.mktemp("who-sees"), live_traffic_from=())
        made.client.application.config["WTF_CSRF_ENABLED"] = False
        made.request()
        yield made
        made.desk.store.close()


def account(site: Site, login: str, role: str) -> int:
    with site.desk.store.transaction() as db:
        wanted = NewAccount(login, f"Nama {login}", (role,), "")
        return add_user_inside(site.desk.store, db, wanted, "no password", NOW)


@pytest.fixture(scope="module")
def visitors(office: Site) -> list[Visitor]:
    """A stranger, each role, a wall screen, a program of each scope."""
    app, store = office.client.application, office.desk.store
    found = [Visitor("stranger", app.test_client(), ())]
    for role in ROLES:
        user, client = account(office, role.replace("_", "-"), role), app.test_client()
        with client.session_transaction() as session:
            session[SESSION_KEY] = begin_session(store, user, NOW)
        found.append(Visitor(role, client, (f"`{role}`", ACCOUNT)))
    screen = app.test_client()
    screen.get(f"/dinding/{add_wall_link(store, 'Layar', 'system', NOW)}")
    found.append(Visitor("wall screen", screen, ("wall link",)))
    for scope in SCOPES:
        token = add_token(store, scope, [scope], NOW)
        found.append(Visitor(f"program {scope}", app.test_client(), (f"token `{scope}`",), token))
    return found


def address_of(template: str, **given: str) -> str:
    """An address of a route."""

    def value(match: re.Match[str]) -> str:
        kind, _, name = match[1].rpartition(":")
        if name == "number" and kind == "int":
            return "7777"  # Nobody's: a visitor must not revoke what another one comes with.
        own = MONTH if template.startswith("/bulanan/") else TABLE_FORM if "any" in kind or "table" in template else {}
        return {**VALUES, **own, **given}[name]

    return re.sub(r"<([^>]+)>", value, template)


def opened(answer_status: int, location: str | None) -> bool:
    """A page that is shut says so, asks for a token, or leads to the log-in."""
    return answer_status not in (401, 403) and (location or "").partition("?")[0] != "/masuk"


def test_every_route_of_the_application_has_its_row_and_none_is_of_another(office: Site) -> None:
    served = {
        (rule.rule, method)
        for rule in office.client.application.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    written = {(row["address"], method) for row in TABLE for method in row["methods"].split(", ")}
    oidc = {("/masuk/oidc", "GET"), ("/masuk/oidc/kembali", "GET")}
    assert written == served | oidc
    assert all(row["why"].strip() for row in TABLE) and len({route.endpoint for route in routes()}) > 90


def test_each_route_opens_to_whom_the_table_names_and_to_nobody_else(office: Site, visitors: list[Visitor]) -> None:
    wrong = []
    for row in TABLE:
        if row["who"].startswith((LINK, "Alertmanager")) or row["address"].startswith(("/keluar", "/masuk/oidc")):
            continue
        for visitor in visitors:
            for method in row["methods"].split(", "):
                head = {"Authorization": f"Bearer {visitor.token}"} if visitor.token else {}
                form = {"role": "head_of_office"} if row["address"] == "/delegasi" else {}
                with visitor.client.open(address_of(row["address"]), method=method, headers=head, data=form) as answer:
                    got = opened(answer.status_code, answer.location)
                # A log-in form answers 401 to what it does not know: it is open to everybody all the same.
                got = got or (row["who"] == EVERYBODY and answer.status_code == 401)
                got = got or _another_s_own(row["address"], visitor)
                if got is not visitor.may(row["who"]):
                    wrong.append((row["address"], method, visitor.name, answer.status_code, answer.location))
    assert wrong == []


def _another_s_own(address: str, visitor: Visitor) -> bool:
    """An official ends his own delegation alone; the one tried here is nobody's (his own: test_web_attacks)."""
    return address.startswith("/delegasi/") and visitor.may("`head_of_office`, `head_of_division`, `head_of_section`")


def test_alertmanager_comes_in_by_its_secret_alone(
    office: Site, visitors: list[Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK", "rahasia-webhook-yang-panjang")
    here = office.client.application.extensions["office"]
    config = here.config.model_copy(update={"webhook_secret": "env:WEBHOOK"})
    client = create_app(type(here)(config, here.desk, here.prometheus), testing=True).test_client()
    tokens = [visitor.token for visitor in visitors if visitor.token]
    for secret, status in (("rahasia-webhook-yang-panjang", 200), *((token, 401) for token in ("", *tokens))):
        head = {"Authorization": f"Bearer {secret}"}
        assert client.post("/api/alerts", json={"version": "4", "alerts": []}, headers=head).status_code == status


def link_rows(kind: str) -> list[dict[str, str]]:
    found = [row for row in TABLE if row["who"] == f"{LINK}: {kind}"]
    assert found, kind
    return found


def statuses(client: FlaskClient, rows: list[dict[str, str]], **given: str) -> set[int]:
    return {
        client.open(address_of(row["address"], **given), method=method).status_code
        for row in rows
        for method in row["methods"].split(", ")
    }


def test_a_receipts_link_opens_its_pages_and_a_wrong_one_none_whoever_holds_it(
    office: Site, visitors: list[Visitor]
) -> None:
    rows = link_rows("the secret link of his receipt")
    token = office.request().token
    assert not statuses(office.client.application.test_client(), rows[:1], token=token) - {200}
    for visitor in visitors:
        assert statuses(visitor.client, rows, token="salah") <= {404}, visitor.name


def test_an_accounts_one_time_link_opens_to_its_holder_and_a_wrong_one_to_nobody(
    office: Site, visitors: list[Visitor]
) -> None:
    rows = link_rows("the one-time link of the account")
    secret = new_link(office.desk.store, account(office, "baru", "technician"), datetime.now(UTC))
    assert statuses(office.client.application.test_client(), rows, secret=secret) == {200, 422}
    for visitor in visitors:
        assert statuses(visitor.client, rows, secret="salah") == {404}, visitor.name


def test_a_calls_link_and_a_wall_link_that_are_wrong_open_nothing(office: Site, visitors: list[Visitor]) -> None:
    rows = [*link_rows("the link of his call"), *link_rows("the wall link of a screen")]
    for visitor in visitors:
        assert statuses(visitor.client, rows, secret="salah", token="salah") <= {404, 409}, visitor.name


def test_a_wall_link_opens_the_wall_alone(office: Site) -> None:
    secret = add_wall_link(office.desk.store, "Layar", "system", NOW)
    assert statuses(office.client.application.test_client(), link_rows("the wall link of a screen"), secret=secret) == {
        302
    }


def test_the_second_step_opens_to_a_log_in_half_done_and_to_nobody_else(office: Site, visitors: list[Visitor]) -> None:
    rows = link_rows("the log-in half done")
    user = account(office, "setengah", "technician")
    add_factor(office.desk.store, user, NewFactor(TOTP, "Telepon", "x", 0), NOW)
    client = office.client.application.test_client()
    with client.session_transaction() as session:
        session[HALF_KEY] = begin_half(office.desk.store, user, None, datetime.now(UTC) - timedelta(seconds=1))
    assert statuses(client, rows) == {200, 401}
    for visitor in visitors:
        for row in rows:
            answer = visitor.client.open(row["address"], method=row["methods"])
            assert (answer.status_code, answer.location) == (302, "/masuk"), visitor.name


def test_two_routes_name_live_traffic() -> None:
    """``live_traffic_from`` of the table: test_page_wall holds it machine by machine and proxy by proxy."""
    live = [row["address"] for row in TABLE if "`live_traffic_from`" in row["who"]]
    assert live == ["/metrics", "/wall"]
