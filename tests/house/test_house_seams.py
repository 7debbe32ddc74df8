"""What is added often is one file of its own: a toy in a copy of the checkout, where nothing else is touched."""

from pathlib import Path

import pytest
from toy_tree import Toys, copied

ACTION = '''"""``nyanyikan``: a toy that writes a note when its step begins and when it ends."""

from request_tracker.cases.actions.action import Action, Finish, CaseCourse
from request_tracker.cases.model import Case, Draft
from request_tracker.sop.model import Step
from request_tracker.words.bilingual import Both


class Sing(Action):
    """A song for the requester."""

    word = "nyanyikan"
    name = Both("nyanyikan", "sing")

    def starts(self, course: CaseCourse, step: Step) -> None:
        """The first line."""
        course.add(Draft("internal_note", "system", {"song": "starts"}, step=step.id))

    def completes(self, course: CaseCourse, step: Step, finish: Finish) -> bool:
        """The last line."""
        course.add(Draft("internal_note", finish.who.person, {"song": "completes"}, step=step.id))
        return True

    def shows(self, case: Case, step: Step) -> Both:
        """The song's name."""
        return Both("Lagu: Indonesia Pusaka", "Song: Indonesia Pusaka")


ACTION: Action = Sing()
'''
SOP = """skema: 1
kode: CTH-LG
revisi: 0
judul: Permohonan Lagu
jenis: permohonan
kolom:
  opd: {nama: Pemohon, peran: pemohon}
  kadis: {nama: Kepala Dinas, peran: kepala_dinas}
dokumen:
  surat: {nama: Surat, asal: unggah}
mulai: CTH-01
langkah:
- {id: CTH-01, urut: 1, uraian: Surat, pelaksana: [opd], lengkap: [surat], waktu: 1 hari, ke: CTH-02}
- id: CTH-02
  urut: 2
  uraian: Bernyanyi
  pelaksana: [kadis]
  waktu: 1 hari
  tindakan:
  - nyanyikan
  ke: {akhir: selesai}
"""
WALK = """
import sys
from datetime import date
from pathlib import Path

from tracker_office import HEAD, MONDAY, new_desk, request

from request_tracker.cases import Sign, history, possible, read_case, run
from request_tracker.letters.sop_files import read_sop
from request_tracker.sop.register import approve

desk = new_desk(Path(sys.argv[2]))
approve(desk.store, read_sop(sys.argv[1]), date(2020, 1, 1), "uji", MONDAY)
number = request(desk, "CTH-LG")
(act,) = possible(desk, read_case(desk, number), HEAD)
print(act.notices[0].english)
run(desk, number, Sign("CTH-02"), HEAD, MONDAY)
print([(event.actor, event.data["song"]) for event in history(desk, number) if event.kind == "internal_note"])
print(read_case(desk, number).ending)
"""

WARNING = (
    "  warning: CTH-LG: the SOP's identity is not complete: nomor, berlaku.dibuat, berlaku.efektif, disahkan.jabatan\n"
)


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    """A copy of the tracker, outside the checkout."""
    return copied(tmp_path / "tree", "request_tracker")


def test_an_action_is_one_file_and_its_word_is_unknown_without_it(toys: Toys, tmp_path: Path) -> None:
    sop = toys.add("lagu.yaml", SOP)
    check = ("-m", "request_tracker.cli", "sop", "check", str(sop))
    without = toys.run(*check)
    line = SOP.splitlines().index("  - nyanyikan") + 1
    assert without.returncode == 1
    assert f"{sop} line {line}: CTH-02: 'nyanyikan' is not an action" in without.stdout

    toys.add("request_tracker/cases/actions/toy.py", ACTION)
    known = toys.run(*check)
    assert (known.returncode, known.stdout) == (0, f"{sop}: CTH-LG revisi 0 is in order: 2 steps\n" + WARNING), known

    walk = toys.add("walk.py", WALK)
    (tmp_path / "desk").mkdir()
    walked = toys.run(str(walk), str(sop), str(tmp_path / "desk"))
    assert walked.stdout.splitlines() == [
        "Song: Indonesia Pusaka",
        "[('system', 'starts'), ('user:1', 'completes')]",
        "selesai",
    ], walked.stderr


def test_a_word_has_one_action(toys: Toys) -> None:
    toys.add("request_tracker/cases/actions/toy.py", ACTION.replace('"nyanyikan"', '"minta_skm"', 1))
    doubled = toys.run("-m", "request_tracker.cli", "sop", "check", "nothing.yaml")
    assert doubled.returncode != 0 and "two actions are called minta_skm" in doubled.stderr
