"""Every command of the tracker: right with what it prints, and wrong with what it says."""

import argparse
from pathlib import Path

import pytest
from tracker_office import INVENTORY

from request_tracker.cli import main
from request_tracker.sop import loader

SHIPPED = Path(loader.__file__).parent


SOP = SHIPPED / "pkl-bw.r0.yaml"


SINGS = SOP.read_text(encoding="utf-8").replace("[verifikasi_alokasi]", "[nyanyikan]")


SINGING = next(n for n, row in enumerate(SINGS.splitlines(), 1) if "nyanyikan" in row)


UNKNOWN = f"sings.yaml line {SINGING}: PKL-B-06: 'nyanyikan' is not an action"


CASE = "PKL-BW/2026/000001"


HEADING = "opd,receive,transmit,guaranteed_receive,guaranteed_transmit\n"


# Every command, right: its words, and what it prints. {d} is the office's folder, {sop} a shipped SOP.
RIGHT = {
    "init": ("init", "set-up token"),
    "audit verify": ("audit verify", "events verified"),
    "audit anchor": ("audit anchor", "lebarpita-anchor 1"),
    "audit backup": ("audit backup {d}/there.zip", "whole"),
    "rebuild": ("rebuild", "1 cases rebuilt"),
    "backup": ("backup {d}/new.zip", "written and checked"),
    "ship": (None, "needs a way off the machine: test_backup_off_the_machine"),
    "drill": ("drill {d}/there.zip", "restored and verified"),
    "restore": ("restore {d}/there.zip --overwrite", "restored and verified"),
    "export": ("export cases {d}/cases.csv", "1 rows of cases"),
    "sop check": ("sop check {sop}", "is in order"),
    "sop diff": ("sop diff {sop} --against {sop}", "no difference"),
    "sop approve": ("sop approve {sop}", "already approved"),
    "sop list": ("sop list", "PKL-BW"),
    "sop print": ("sop print PKL-BW --out {d}/sop.pdf", "bytes"),
    "sop coverage": (None, "code 1 where a row is not shown: see below"),
    "ledger import": ("ledger import {d}/opening.csv --config {d}/fresh.yaml", "revision 1"),
    "ledger show": ("ledger show --at 2026-12-01", "dinkes"),
    "case list": ("case list --open", CASE),
    "case show": (f"case show {CASE}", "opened"),
    "case archive": (None, "needs a case that has ended: test_tracker_archive"),
    "case check": (None, "needs such an archive: test_tracker_archive"),
    "whatif": (None, "needs a month of a Prometheus: test_whatif_command"),
    "report quarter": ("report quarter 2026-Q4 --out {d}/reports", "evaluasi-2026-Q4.pdf"),
    "person export": (f"person export {CASE}", "narahubung@opd.invalid"),
    "person erase": (f"person erase {CASE}", "erased"),
    "person retention": ("person retention --config {d}/keeps.yaml", "0 cases ended"),
    "serve": (None, "goes on until it is ended: the stories"),
    "user add": ("user add kadis --name Kadis --role head_of_office --password-file {d}/password", "made"),
    "user list": ("user list", ""),
    "user log-out": (None, "needs an account: see below"),
    "user reset-factors": (None, "needs an account: see below"),
    "wall add": ("wall add Ruang-NOC --out {d}/wall", "its link is written to"),
    "wall list": ("wall list", ""),
    "wall revoke": (None, "needs a link: see below"),
    "token add": ("token add agen --scope proofs:write --out {d}/token", "written to"),
    "token list": ("token list", ""),
    "token revoke": (None, "needs a token: see below"),
    "bench": (None, "a measurement of minutes: test_tracker_bench"),
}


# What a person gets wrong, and what the sentence must say.
WRONG = [
    ("audit backup {d}/no.zip", "no.zip"),
    ("backup {d}/there.zip", "never overwrites"),
    ("backup {d}/file/new.zip", "no backup was written"),
    ("ship {d}/there.zip", "name a command in backup.send"),
    ("drill {d}/no.zip", "no.zip"),
    ("restore {d}/there.zip", "--overwrite"),
    ("restore {d}/no.zip --overwrite", "no.zip"),
    ("restore {d}/opening.csv --overwrite", "is no backup"),
    ("export cases {d}/cases.txt", "cases.txt"),
    ("export cases {d}/file/cases.csv", "cases.csv"),
    ("sop check {d}/no.yaml", "no.yaml"),
    ("sop check {d}/opening.csv", "opening.csv"),
    ("sop check {d}/sings.yaml", UNKNOWN),
    ("sop diff {d}/sings.yaml", UNKNOWN),
    ("sop approve {d}/sings.yaml", UNKNOWN),
    ("sop print {d}/sings.yaml --out {d}/sop.pdf", UNKNOWN),
    ("init --config {d}/sing.yaml", UNKNOWN),
    ("sop diff {d}/no.yaml", "no.yaml"),
    ("sop approve {d}/no.yaml", "no.yaml"),
    ("sop approve {sop} --effective 2026-13-01", "is not a date"),
    ("sop approve {d}/changed.yaml", "raise revisi"),
    ("sop print TIDAK-ADA --out {d}/sop.pdf", "TIDAK-ADA"),
    ("sop print PKL-B --json", "Did you mean PKL-BW?"),
    ("sop print {d}/sings.yaml --json", UNKNOWN),
    ("sop print PKL-BW --out {d}/sop.txt", "its ending must be .pdf, .docx, .odt"),
    ("sop print PKL-BW --out {d}/file/sop.pdf", "cannot be written"),
    ("sop coverage --tests {d}/no", "is not a folder"),
    ("ledger import {d}/no.csv", "cannot be read"),
    ("ledger import {d}/opening.csv", "not empty"),
    ("ledger import {d}/binary --config {d}/fresh.yaml", "binary"),
    ("ledger import {d}/rates.csv --config {d}/fresh.yaml", "line 2"),
    ("ledger import {d}/nobody.csv --config {d}/fresh.yaml", "is not an OPD"),
    ("ledger import {d}/unsure.csv --config {d}/fresh.yaml", "add --yes"),
    ("ledger show --at kemarin", "is not a moment"),
    ("case show PKL-BW/2026/999999", "PKL-BW/2026/999999"),
    (f"case archive {CASE} --out {{d}}/a.zip", "still runs"),
    ("case archive salah --out {d}/a.zip", "salah"),
    ("case check {d}/no.zip", "cannot be read"),
    ("case check {d}/opening.csv", "is no archive"),
    ("whatif tiada 50M", "'tiada' is no OPD of"),
    ("whatif dinkes banyak", "banyak"),
    ("whatif dinkes 900M", "900M: ISP Contoh cannot carry it; the most is 200 Mbit/s"),
    ("whatif dinkes 50M", "Prometheus"),
    ("report quarter 2026-Q5 --out {d}/reports", "2026-Q5"),
    ("report quarter 2026-Q4 --out {d}/file", "cannot be written"),
    ("person export PKL-BW/2026/999999", "PKL-BW/2026/999999"),
    ("person erase PKL-BW/2026/999999", "PKL-BW/2026/999999"),
    ("person retention", "personal_data_days"),
    ("user add kadis --name K --role head_of_office --password-file {d}/no", "cannot be read"),
    ("user add kadis --name K --role head_of_office --password-file {d}/short", "10 to 200 characters"),
    ("user add kadis --name K --role head_of_office --password-file {d}/binary", "binary"),
    ("user add opd --name K --role requester --opd tiada --password-file {d}/password", "not in the inventory"),
    ("user add kadis --name K --role admin --password-file {d}/password --address sms:1", "sms is not configured"),
    ("user log-out siapa", "siapa"),
    ("user reset-factors siapa", "siapa"),
    ("wall add NOC --out {d}/file/wall", "cannot be written"),
    ("wall revoke 9", "there is no valid link of that number"),
    ("token add agen --scope proofs:write --out {d}/file/token", "cannot be written"),
    ("token revoke siapa", "siapa"),
    ("bench --inventory {d}/no.yaml --cases 1", "no.yaml"),
    ("bench --inventory {city} --cases 0", "more than nothing"),
    ("bench --inventory {city} --cases 1 --baseline {d}/no.json", "is no result"),
]


WITHOUT_DATABASE = ("audit backup", "case check", "sop check", "sop diff", "sop coverage", "bench")


NEEDS_ONE = [
    name
    for name, (line, _) in RIGHT.items()
    if name not in (*WITHOUT_DATABASE, "init", "restore", "person retention") and line
]


def words_of(line: str, office: Path) -> list[str]:
    places = {"d": office, "sop": SOP, "city": INVENTORY}
    return [word.format(**places) for word in line.split()]


def right(name: str, office: Path) -> list[str]:
    return words_of(str(RIGHT[name][0]), office)


def leaves(parser: argparse.ArgumentParser, name: str = "") -> list[str]:
    """The names of all commands that have no commands of their own."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        return [name.strip()]
    return [leaf for word, child in below[0].choices.items() for leaf in leaves(child, f"{name} {word}")]


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence of a command that must fail with code 1."""
    capsys.readouterr()
    code = main(words)
    out, err = capsys.readouterr()
    assert code == 1, (words, out, err)
    told = (err or out).strip()
    assert told and "Traceback" not in err and len(told.splitlines()) <= 3, told
    return told
