"""``periksa_tersambung``: the proposal is kept beside the decision; against it a reason is asked for."""

import pytest

from request_tracker.cases.actions.check_connected import judgement
from request_tracker.errors import Refused
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop
from request_tracker.words.bilingual import Both

GG = (SHIPPED / "pkl-gg.r0.yaml").read_text(encoding="utf-8")
VERDICT, REASON = {"proposal": "terhubung"}, Both("Tersambung.", "Connected.")


def test_the_decision_is_kept_beside_the_proposal() -> None:
    assert judgement(VERDICT, REASON, "terhubung", "") == {
        "verdict": VERDICT,
        "decision": "terhubung",
        "overruled": False,
    }


def test_a_decision_against_the_proposal_needs_its_reason() -> None:
    with pytest.raises(Refused) as found:
        judgement(VERDICT, REASON, "tidak_terhubung", " ")
    assert found.value.code == "reason_needed" and "Connected." in found.value.text("en")
    assert judgement(VERDICT, REASON, "tidak_terhubung", "masih putus di kantor")["overruled"] is True


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("jenis: gangguan", "jenis: permohonan", "belongs to a gangguan"),
        ("tidak_terhubung: PKL-G-04}", "belum: PKL-G-04}", "keputusan must have these two"),
        ("hasil: [mon], formulir: [isp", "hasil: [], formulir: [isp", "hasil has none"),
    ],
)
def test_it_is_refused_where_it_could_propose_nothing(old: str, new: str, message: str) -> None:
    with pytest.raises(SopError, match=message):
        parse_sop(GG.replace("paralel_darurat: true, ", "").replace(old, new))
