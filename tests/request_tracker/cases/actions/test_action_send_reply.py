"""``kirim_balasan``: the requester is told of the letter with the last signature and can take it."""

import pytest
from case_walks import batam_until_analysis
from tracker_office import DIVISION, EVIDENCE, HEAD, MONDAY, SECTION, TECHNICIAN, walk_to

from request_tracker.cases import Desk, Sign, history, read_case, run
from request_tracker.letters.requester_papers import requester_papers
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop
from request_tracker.sop.register import by_hash

BTM = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")


def test_the_refusal_letter_is_his_when_all_have_signed(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    refusal = Sign("BTM-06", decision="tidak_tersedia", documents={"analisa": EVIDENCE})
    run(desk, number, refusal, TECHNICIAN, MONDAY)
    walk_to(desk, number, [(who, Sign("BTM-07")) for who in (TECHNICIAN, SECTION, DIVISION)])
    case = read_case(desk, number)
    told = "SELECT count(*) FROM outbox WHERE recipient = ? AND payload LIKE '%step_copy%'"
    assert desk.store.value(told, [case.contact]) == 0
    run(desk, number, Sign("BTM-07"), HEAD, MONDAY)
    assert desk.store.value(told, [case.contact]) == 1
    case = read_case(desk, number)
    papers = requester_papers(case, by_hash(desk.store, case.sop_hash), history(desk, number))
    assert "balasan" in [paper.key for paper in papers]


def test_without_a_paper_it_is_refused() -> None:
    with pytest.raises(SopError, match="BTM-13: kirim_balasan sends what the step makes; hasil is empty"):
        parse_sop(BTM.replace("hasil: [], ke: BTM-14", "hasil: [], tindakan: [kirim_balasan], ke: BTM-14"))
