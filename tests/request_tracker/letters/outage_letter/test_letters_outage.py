"""The letter that an outage is over, and to whom it goes."""

from dataclasses import replace

from paper_facts import hit

from request_tracker.letters.outage_letter.paper import completion_letter


def test_PKL_G_10_the_completion_letter_says_the_reports_minutes_and_cause_to_every_office_hit() -> None:
    told = hit(("rsud", "dishub"))
    paper = completion_letter(told)
    said = dict(paper.pairs)
    assert (said["Lamanya"], said["Gejala"]) == ("60 menit", "tautan mati")
    assert said["OPD terdampak"] == "Rumah Sakit, Dinas Perhubungan"
    assert paper.to == "Kepala Rumah Sakit; Kepala Dinas Perhubungan"
    assert "5 OPD" in completion_letter(hit(tuple("abcde"))).to
    assert dict(completion_letter(replace(told, monitored=None)).pairs)["Lamanya"] == "60 menit"
