"""A running case moved to a new revision of its SOP: by whom, what it keeps, and when it is refused."""

from datetime import date, timedelta

import pytest
from tracker_office import DIVISION, HEAD, MONDAY, SECTION, TECHNICIAN, request, walk_to
from tracker_site import NOW, Site

from request_tracker.cases import Desk, MoveRevision, Sign, Who, history, read_case, run, running
from request_tracker.custody.upkeep import audit, rebuild
from request_tracker.errors import Refused
from request_tracker.letters.sop_files import SHIPPED, parse_sop
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.sop.register import approve, by_hash

ADMIN = Who("user:9", frozenset({"admin"}))
TEXT = (SHIPPED / "pkl-bw.r0.yaml").read_text(encoding="utf-8").replace("revisi: 0", "revisi: 1")
NEW = parse_sop(TEXT.replace("waktu: 1 jam_kerja", "waktu: 3 jam_kerja"), "pkl-bw.r1.yaml")
MOVE = MoveRevision(NEW, "waktu langkah diperpanjang", "Kepala Seksi")
AT = MONDAY + timedelta(minutes=30)


def at_division(desk: Desk) -> str:
    approve(desk.store, NEW, date(2027, 1, 1), "admin", MONDAY)
    number = request(desk)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02", note="proses"))])
    return number


def test_BTM_REV_a_moved_case_goes_on_by_the_new_revision_and_keeps_the_event(desk: Desk) -> None:
    number = at_division(desk)
    before = read_case(desk, number)
    case = run(desk, number, MOVE, ADMIN, AT)
    assert (case.revision, case.sop_hash) == (1, NEW.hash)
    assert before.main_step and case.main_step and before.main_step.due_at and case.main_step.due_at
    assert desk.calendar.worked(before.main_step.due_at, case.main_step.due_at) == timedelta(hours=2)
    moved = next(event for event in history(desk, number) if event.kind == "revision_moved")
    assert (moved.actor, moved.data["reason"], moved.data["from"]) == ("user:9", MOVE.reason, before.sop_hash)
    walk_to(desk, number, [(DIVISION, Sign("PKL-B-03")), (SECTION, Sign("PKL-B-03", assignee=TECHNICIAN))], AT)
    rebuild(desk)
    assert audit(desk) == []


def test_BTM_REV_finished_steps_keep_the_times_they_were_measured_by(desk: Desk) -> None:
    number = at_division(desk)
    old = by_hash(desk.store, read_case(desk, number).sop_hash)
    before = running(history(desk, number), old, desk.calendar, AT).steps
    run(desk, number, MOVE, ADMIN, AT)
    after = running(history(desk, number), NEW, desk.calendar, AT).steps
    assert [clock.step for clock in before] == ["PKL-B-01", "PKL-B-02", "PKL-B-03"]
    assert before[:2] == after[:2] and before[2] != after[2]


def test_BTM_REV_only_an_administrator_with_reason_and_consent_may_move_a_case(desk: Desk) -> None:
    number = at_division(desk)
    refused = [(MOVE, SECTION), (MoveRevision(NEW, " ", "Kepala Seksi"), ADMIN), (MoveRevision(NEW, "x", ""), ADMIN)]
    for command, who in refused:
        with pytest.raises(Refused):
            run(desk, number, command, who, AT)
    assert read_case(desk, number).revision == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"PKL-B-02": "PKL-B-20"}, "tidak ada langkah PKL-B-02"),
        (
            {"hasil: [disposisi]": "hasil: [disposisi, info]", "lengkap: [disposisi]": "lengkap: [disposisi, info]"},
            "PKL-B-03 mensyaratkan info",
        ),
    ],
)
def test_BTM_REV_a_revision_that_cannot_carry_the_case_is_refused_with_why(
    desk: Desk, changes: dict[str, str], told: str
) -> None:
    number = at_division(desk)
    text = TEXT.replace("revisi: 1", "revisi: 2")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(Refused, match=told):
        run(desk, number, MoveRevision(parse_sop(text, "pkl-bw.r2.yaml"), "uji", "Kepala Seksi"), ADMIN, AT)


def test_BTM_REV_the_administrator_moves_a_case_by_page(site: Site) -> None:
    number = site.request().number
    head = add_user(site.desk.store, NewAccount("kasi", "Nama Kasi", ("head_of_section",), "sandi-yang-panjang"), NOW)
    site.enter("admin")
    page = f"/kasus/{number}"
    assert 'id="revisi"' not in site.get(page)
    approve(site.desk.store, NEW, date(2021, 1, 1), "admin", NOW)
    assert 'id="revisi"' in site.get(page)
    site.post(f"{page}/revisi", page, reason="revisi baru", consent=head)
    assert read_case(site.desk, number).revision == 1
    (moved,) = (event for event in history(site.desk, number) if event.kind == "revision_moved")
    assert moved.data["consent"] == "Nama Kasi"
