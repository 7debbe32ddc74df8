"""Sent twice is done once (D4): the same form answered the same way, and no second record, on every writing route."""

import hashlib
import io
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import redirect
from tracker_papers import PDF
from tracker_site import NOW, PASSWORD, PUBLIC, Site, new_site
from werkzeug import Response

import request_tracker.web
from request_tracker.cases import OpenCase, Supplied
from request_tracker.errors import Refused
from request_tracker.outages.reported import report
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.reports.survey import ELEMENTS
from request_tracker.store.idempotency import FormAnswer, Pages, answer_of, begin, finish, forget, mark_of

TEMPLATES = sorted(Path(request_tracker.web.__file__).parent.rglob("templates/*.html"))
assert TEMPLATES, "no template found: the test below would prove nothing"
ALL = ("head_of_office", "head_of_division", "head_of_section", "technician", "secretariat", "noc_operator", "admin")
NOT_COUNTED = {"sent_once", "access_log", "sessions", "sqlite_sequence"}
SOON, LATER = "2099-01-05T08:00", "2099-01-06T08:00"
Form = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One office that all rows share, with one person who may do everything at work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSION", "rahasia-sesi-yang-panjang")
        made = new_site(tmp_path_factory.mktemp("once"))
        add_user(made.desk.store, NewAccount("lain", "Petugas Lain", ("technician",), PASSWORD), NOW)
        made.enter(*ALL, login="semua")
        yield made
        made.desk.store.close()


def case(site: Site) -> str:
    return f"/kasus/{site.request().number}"


def link(site: Site) -> str:
    return f"/lacak/{site.request(contact={'name': 'Narahubung'}).token}"


def ended(site: Site) -> str:
    path = link(site)
    site.post(f"{path}/batal", path, reason="tidak jadi")
    return path


def ticket(site: Site) -> str:
    """The page of an outage of an office of its own: each row has another."""
    taken = {row["opd"] for row in site.desk.store.rows("SELECT opd FROM cases WHERE kind = 'outage'")}
    opd = next(one.code for one in site.desk.city.opds if one.code not in taken)
    wanted = OpenCase("PKL-GG", "Gangguan", opd, {"opd": opd, "description": "mati"}, {}, {"surat": Supplied(note="x")})
    return f"/gangguan/{report(site.desk, wanted, PUBLIC, NOW, NOW).number}"


def at(path: str, values: dict[str, Any]) -> Form:
    return path, path, values


def on(page: str, act: str, values: dict[str, Any]) -> Form:
    return f"{page}/{act}", page, values


ROWS: dict[str, Callable[[Site], Form]] = {
    "request": lambda s: at(
        "/permohonan",
        {"opd": "dinkes", "contact_name": "A", "contact_phone": "0", "wanted_receive": "5", "purpose": "uji"},
    ),
    "complaint": lambda s: at("/pengaduan", {"description": "lambat sekali"}),
    "outage report": lambda s: at(
        "/lapor", {"opd": "dishub", "contact_name": "A", "contact_phone": "0", "description": "mati", "act": "another"}
    ),
    "survey": lambda s: at(f"{ended(s)}/survei", {**dict.fromkeys(ELEMENTS, "3"), "comment": "cukup"}),
    "requester's comment": lambda s: on(link(s), "komentar", {"text": "kapan selesai?"}),
    "requester cancels": lambda s: on(link(s), "batal", {"reason": "tidak jadi"}),
    "requester reopens": lambda s: on(ended(s), "buka", {"note": "jadi"}),
    "counter": lambda s: (
        "/kasus/baru",
        "/kasus/baru?sop=BTM-BW",
        {
            "sop": "BTM-BW",
            "channel": "fax",
            "opd": "disdik",
            "wanted_receive": "5",
            "purpose": "x",
            "contact_name": "A",
            "contact_phone": "0",
        },
    ),
    "signature": lambda s: on(case(s), "langkah/PKL-B-02", {"note": "proses", "lane": "kadis"}),
    "internal note": lambda s: on(case(s), "catatan", {"text": "sudah dicek"}),
    "answer": lambda s: on(case(s), "tanggapan", {"text": "besok"}),
    "related case": lambda s: on(case(s), "terkait", {"other": s.request().number}),
    "technician": lambda s: on(case(s), "petugas", {"technician": "1"}),
    "final paper": lambda s: on(case(s), "surat", {"document": "surat", "file": (io.BytesIO(PDF), "surat.pdf")}),
    "ISP contact": lambda s: on(ticket(s), "isp", {"isp": "Penyedia", "answer": "dicek", "estimate": SOON}),
    "acknowledgement": lambda s: on(ticket(s), "tangani", {}),
    "agenda": lambda s: at(
        "/agenda", {"direction": "masuk", "letter_number": "1/x", "letter_date": "", "party": "A", "subject": "B"}
    ),
    "maintenance": lambda s: at(
        "/pemeliharaan", {"root": "agg-timur", "starts": SOON, "ends": LATER, "reason": "ganti perangkat"}
    ),
    "account": lambda s: at("/pengguna", {"login": "baru", "name": "Baru", "role": "technician"}),
    "delegation": lambda s: at(
        "/delegasi",
        {"role": "head_of_section", "giver": "2", "taker": "1", "starts": SOON, "ends": LATER, "basis": "SPT 1"},
    ),
    "roster": lambda s: at("/piket", {"user": "1", "rank": "1", "starts": SOON, "ends": LATER}),
    "holiday": lambda s: at("/hari-libur", {"day": "2099-01-07", "name": "Hari jadi"}),
}


@pytest.mark.parametrize("name", list(ROWS))
def test_D4_a_form_that_is_sent_twice_gets_the_same_answer_and_makes_one_record(busy: Site, name: str) -> None:
    path, page, values = ROWS[name](busy)
    fields = dict(re.findall(r'name="(csrf_token|sekali|key)" value="([^"]+)"', busy.get(page)))
    assert set(fields) >= {"csrf_token", "sekali"}, f"the form on {page} carries no key"
    empty = everything(busy)
    first = busy.client.post(path, data={**fields, **again(values)})
    assert first.status_code in (200, 302, 303), first.text
    after = everything(busy)
    assert after != empty, "the first one must record something"
    second = busy.client.post(path, data={**fields, **again(values)})
    assert (second.status_code, second.location, second.data) == (first.status_code, first.location, first.data)
    assert everything(busy) == after, "the second one recorded something"


def again(values: dict[str, Any]) -> dict[str, Any]:
    """The values with files that can be read once more."""
    return {key: (io.BytesIO(v[0].getvalue()), v[1]) if isinstance(v, tuple) else v for key, v in values.items()}


def everything(site: Site) -> str:
    """A digest of every row a form may write."""
    store, told = site.desk.store, hashlib.sha256()
    for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"):
        if row["name"] not in NOT_COUNTED:
            told.update(repr(store.rows(f"SELECT * FROM {row['name']}")).encode())
    return told.hexdigest()


def test_D4_no_writing_route_of_the_pages_is_left_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    app = site.client.application
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    called: list[str] = []

    def taken(**_: Any) -> Response:
        called.append("")
        return redirect("/selesai")

    writing = [r for r in app.url_map.iter_rules() if "POST" in (r.methods or ()) and not r.endpoint.startswith("api.")]
    assert len(writing) > 30
    for rule in writing:
        monkeypatch.setitem(app.view_functions, rule.endpoint, taken)
        path = re.sub(r"<int:\w+>", "1", re.sub(r"<(path:)?\w+>", "x", rule.rule))
        called.clear()
        answers = [site.client.post(path, data={"sekali": "kunci-yang-sama", "a": "1"}) for _ in range(2)]
        # Logging in, its second step too: a password or a code that is sent again is checked again.
        times = 2 if rule.endpoint.partition(".")[0] in ("login", "second_step") else 1
        assert len(called) == times, f"{rule.endpoint} was done {len(called)} times"
        assert {answer.location for answer in answers} == {"/selesai"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_D4_every_form_that_writes_carries_its_key(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    forms = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
    bare = [form[:80] for form in forms if "guard()" not in form and "login.log" not in form]
    assert not bare or template.stem in ("login", "second_step"), bare


def test_D4_other_content_with_the_same_key_is_another_form_and_a_refused_one_may_be_sent_again(busy: Site) -> None:
    path = case(busy)
    fields = dict(re.findall(r'name="(csrf_token|sekali)" value="([^"]+)"', busy.get(path)))
    texts = ["", "satu", "dua", "dua", ""]
    answers = [busy.client.post(f"{path}/catatan", data={**fields, "text": text}).status_code for text in texts]
    assert answers == [422, 302, 302, 302, 422]
    assert busy.get(path).count('<p class="written">') == 2


def test_D4_a_form_cut_off_in_the_middle_is_not_done_again_but_told(site: Site) -> None:
    store, pages, now = site.desk.store, Pages(), datetime.now(UTC)
    mark = mark_of("kunci", [b"a", b"bc"])
    assert mark != mark_of("kunci", [b"ab", b"c"])
    assert (begin(store, mark, now), begin(store, mark, now)) == (True, False)
    with pytest.raises(Refused, match="periksa"):
        answer_of(store, pages, mark, wait=0)
    forget(store, mark)
    assert answer_of(store, pages, mark, wait=0) is None
    assert begin(store, mark, now)
    finish(store, pages, mark, FormAnswer(200, None, b"tanda terima"))
    assert answer_of(store, pages, mark) == FormAnswer(200, None, b"tanda terima")
    with pytest.raises(Refused, match="tidak dicatat dua kali"):
        answer_of(store, Pages(), mark)
    assert begin(store, "lain", now + timedelta(days=8)), "marks of last week go"
    assert store.rows("SELECT mark FROM sent_once") == [{"mark": "lain"}]


def test_D4_the_second_of_two_at_once_waits_for_the_firsts_answer(site: Site) -> None:
    store, pages, mark = site.desk.store, Pages(), mark_of("kunci", [])
    begin(store, mark, datetime.now(UTC))

    def first() -> None:
        finish(store, pages, mark, FormAnswer(302, "/x"))
        store.close()

    done = threading.Timer(0.1, first)
    done.start()
    assert answer_of(store, pages, mark) == FormAnswer(302, "/x")
    done.join()
