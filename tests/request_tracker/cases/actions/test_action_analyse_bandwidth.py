"""``analisa_bandwidth``: asks the monitoring by its port; refused where no document of its step is made by it."""

import pytest
from asked_monitoring import Asked
from tracker_office import MONDAY, request

from request_tracker.cases import Desk, read_case
from request_tracker.cases.actions import action_of
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop

TEXT = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")


def test_it_freezes_what_the_monitoring_says_of_the_office(desk: Desk) -> None:
    case = read_case(desk, request(desk, now=MONDAY))
    asked = action_of("analisa_bandwidth").measure(Asked(), case)
    assert asked == {"asked": "analysis", "opd": "dinkes"}


def test_a_step_without_its_document_is_refused() -> None:
    with pytest.raises(SopError, match="BTM-10: analisa_bandwidth makes no document of this step"):
        parse_sop(TEXT.replace("hasil: [laporan], ke", "hasil: [laporan], tindakan: [analisa_bandwidth], ke"))
