"""``minta_skm``: the message at the end asks for the survey; where the SOP does not name it, it only says the end."""

import pytest
from case_walks import batam_until_analysis, kaltim_until_decision
from tracker_office import DIVISION, EVIDENCE, HEAD, MONDAY, REQUESTER, SECTION, TECHNICIAN, applied, walk_to

from request_tracker.cases import Desk, Sign, read_case, run
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop
from request_tracker.words.message_words import MESSAGES

BTM = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")


def last_told(desk: Desk, number: str) -> str:
    rows = desk.store.rows(
        "SELECT payload FROM outbox WHERE recipient = ? ORDER BY id", [read_case(desk, number).contact]
    )
    return str(rows[-1]["payload"])


def test_BTM_14_the_requester_is_asked_to_rate_the_service_at_the_end(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    signed = [(REQUESTER, Sign("BTM-09")), (TECHNICIAN, Sign("BTM-09")), (TECHNICIAN, Sign("BTM-10"))]
    walk_to(desk, number, [*signed, (SECTION, Sign("BTM-11")), (DIVISION, Sign("BTM-12")), (HEAD, Sign("BTM-13"))])
    assert read_case(desk, number).ending == "selesai"
    assert '"survey_asked"' in last_told(desk, number) and "nine questions" in MESSAGES["survey_asked"][1]


def test_an_sop_that_does_not_ask_only_says_the_end(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    run(desk, number, Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE}), TECHNICIAN, MONDAY)
    assert '"case_ended"' in last_told(desk, number)


def test_a_step_that_leads_to_no_end_cannot_ask() -> None:
    with pytest.raises(SopError, match="BTM-13: minta_skm asks when the case ends; BTM-13 leads to no end"):
        parse_sop(BTM.replace("hasil: [], ke: BTM-14", "hasil: [], tindakan: [minta_skm], ke: BTM-14"))
