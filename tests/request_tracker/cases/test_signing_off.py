"""Signing off: whatever door an act came by, it and all that follows it are one transaction, or nothing at all."""

import functools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from broken_statements import Snapshot, broken, disk_full, fault
from doors import DOORS, Sent, applies, signs_together, stands, takes_over
from paper_words import words_of_pdf
from tracker_office import AUDITOR, FIFTY, HEAD, MBIT, MONDAY, TECHNICIAN, request, to_technician
from tracker_site import Site

from request_tracker.cases import Allocation, ApplyAllocation, Desk, Note, Sign, history, read_case, run
from request_tracker.cases.commands import Outcome
from request_tracker.cases.signing_off import TRIES, CaseAct, Consequence, Followers, sign_off
from request_tracker.custody.upkeep import audit
from request_tracker.errors import Conflict, Refused
from request_tracker.ledger import allocations
from request_tracker.store.files import read
from request_tracker.store.idempotency import answer_of

Breaks = Callable[[], None]
LESS = Allocation(MBIT, 2 * MBIT, MBIT, 2 * MBIT)
BROKEN = [*((door, disk_full) for door in DOORS), (applies, fault), (signs_together, fault)]


@pytest.mark.parametrize(("door", "breaks"), BROKEN, ids=lambda one: one.__name__)
def test_an_error_at_any_statement_leaves_all_or_nothing_and_the_form_sent_again_does_it_once(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: Callable[[Site], Sent], breaks: Breaks
) -> None:
    # A form whose answer was lost is not waited for: nobody else is acting on it here.
    monkeypatch.setattr("request_tracker.web.shell.sending.answer_of", functools.partial(answer_of, wait=0.0))
    sent, store = door(site), site.desk.store
    before, nothing = Snapshot(site.desk, tmp_path), stands(site.desk)
    with broken(store, 0, breaks) as whole:
        assert sent.send() == sent.taken
    everything = stands(site.desk)
    assert everything != nothing
    assert sent.send() == sent.taken and stands(site.desk) == everything
    for statement in range(1, len(whole.written) + 1):
        before.put_back()
        with broken(store, statement, breaks):
            status = sent.send()
        left, place = stands(site.desk), whole.written[statement - 1]
        assert left == everything or (left == nothing and status != sent.taken), place
        assert sent.send() == sent.taken or left == everything, place
        assert stands(site.desk) == everything, place
    assert audit(site.desk, site.desk.store.path.parent / "files") == []


def test_an_error_after_the_commit_is_told_and_the_form_sent_again_is_answered_and_not_acted_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = applies(site)
    with monkeypatch.context() as patch:
        patch.setattr("request_tracker.web.cases.case_pages.redirect", lambda page: fault())
        assert sent.send() == 500
    everything = stands(site.desk)
    assert everything["event allocation_applied"] == everything["event evidence_frozen"] == 1
    assert sent.send() == 302 and stands(site.desk) == everything


def test_the_paper_of_both_parties_carries_who_signed_and_the_hash_of_that_signature(
    site: Site, tmp_path: Path
) -> None:
    sent = takes_over(site)
    assert sent.send() == 302
    number = str(site.desk.store.value("SELECT number FROM cases"))
    paper = read_case(site.desk, number).latest("ba")
    assert paper is not None and paper.source == "signed"
    with_it = next(event for event in history(site.desk, number) if event.seq == paper.seq - 1)
    told = words_of_pdf(read(site.desk.store.path.parent / "files", str(paper.sha256)), tmp_path)
    assert "Penerima Uji" in told and with_it.hash[:16] in told


def noted(outcome: Outcome) -> tuple[Consequence, ...]:
    """A follower that says which state of the case it was shown."""
    return (Consequence(Note("internal_note", {"text": outcome.case.last_hash}), TECHNICIAN),)


def at_the_technician(desk: Desk, allocation: Allocation = FIFTY) -> str:
    number = request(desk)
    to_technician(desk, number, allocation)
    return number


def test_what_follows_is_made_anew_where_somebody_wrote_meanwhile(desk: Desk) -> None:
    number, other, shown = at_the_technician(desk), at_the_technician(desk, LESS), list[int | None]()
    act = CaseAct(number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, lambda: MONDAY + timedelta(hours=2))

    def slow(outcome: Outcome) -> tuple[Consequence, ...]:
        if not shown:
            run(desk, other, ApplyAllocation("PKL-B-04", LESS), TECHNICIAN, MONDAY + timedelta(hours=1))
        shown.append(outcome.case.applied)
        return noted(outcome)

    case = sign_off(desk, act, Followers(made=(slow,)))
    assert shown == [2, 3] and case.applied == 3
    applied, told = history(desk, number)[-2:]
    assert (applied.kind, told.data["text"]) == ("allocation_applied", applied.hash)
    assert desk.store.value("SELECT count(*) FROM ledger WHERE case_number = ?", [number]) == 1


def test_an_allocation_sees_every_one_that_was_written_before_it_though_its_clock_was_read_first(desk: Desk) -> None:
    number, other = at_the_technician(desk), at_the_technician(desk, LESS)
    moments = iter([MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=3)])

    def slow(outcome: Outcome) -> tuple[Consequence, ...]:
        if outcome.now < MONDAY + timedelta(hours=2):
            run(desk, other, ApplyAllocation("PKL-B-04", LESS), TECHNICIAN, MONDAY + timedelta(hours=2))
        return ()

    act = CaseAct(number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, lambda: next(moments))
    sign_off(desk, act, Followers(made=(slow,)))
    applied = history(desk, number)[-1]
    assert (applied.data["revision"], applied.data["before"]["receive_ceiling"]) == (3, 2 * MBIT)
    assert allocations.allocation_of(desk.store, "dinkes", MONDAY + timedelta(hours=3)) == FIFTY


def test_an_act_that_names_the_version_it_saw_is_told_where_the_case_has_moved_on_meanwhile(desk: Desk) -> None:
    number = request(desk)
    version = read_case(desk, number).version

    def faster(outcome: Outcome) -> tuple[Consequence, ...]:
        run(desk, number, Note("internal_note", {"text": "lebih cepat"}), HEAD, MONDAY)
        return noted(outcome)

    act = CaseAct(number, Sign("PKL-B-02"), HEAD, lambda: MONDAY, version)
    with pytest.raises(Conflict):
        sign_off(desk, act, Followers(made=(faster,)))
    assert [event.kind for event in history(desk, number)][-1] == "internal_note"
    assert read_case(desk, number).version == version + 1


def test_a_case_that_never_rests_is_given_up_and_nothing_is_written(desk: Desk) -> None:
    number, tries = request(desk), []

    def always(outcome: Outcome) -> tuple[Consequence, ...]:
        tries.append(run(desk, number, Note("internal_note", {"text": "lagi"}), HEAD, MONDAY))
        return ()

    with pytest.raises(Conflict):
        sign_off(desk, CaseAct(number, Sign("PKL-B-02"), HEAD, lambda: MONDAY), Followers(made=(always,)))
    assert len(tries) == TRIES and read_case(desk, number).signers.get("PKL-B-02") is None


def test_a_consequence_that_is_refused_undoes_the_act(desk: Desk) -> None:
    number = at_the_technician(desk)
    auditor = Consequence(Note("internal_note"), AUDITOR)
    act = CaseAct(number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, lambda: MONDAY)
    with pytest.raises(Refused):
        sign_off(desk, act, Followers(made=(lambda outcome: (auditor,),)))
    assert allocations.revision_at(desk.store, MONDAY) == 1 and read_case(desk, number).applied is None
