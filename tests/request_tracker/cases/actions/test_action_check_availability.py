"""``cek_kesediaan``: asks the monitoring by its port, and is refused where no document of its step is made by it."""

import pytest
from asked_monitoring import Asked
from tracker_office import MONDAY, request

from request_tracker.cases import Desk, read_case
from request_tracker.cases.actions import action_of
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop

TEXT = (SHIPPED / "ktm-bw.r0.yaml").read_text(encoding="utf-8")


def test_it_freezes_what_the_monitoring_says_of_the_office(desk: Desk) -> None:
    case = read_case(desk, request(desk, now=MONDAY))
    asked = action_of("cek_kesediaan").measure(Asked(), case)
    assert asked == {"asked": "availability", "opd": "dinkes"}


def test_a_step_without_its_document_is_refused() -> None:
    with pytest.raises(SopError, match="KTM-04: cek_kesediaan makes no document of this step"):
        parse_sop(TEXT.replace("hasil: [arahan], ke", "hasil: [arahan], tindakan: [cek_kesediaan], ke"))
