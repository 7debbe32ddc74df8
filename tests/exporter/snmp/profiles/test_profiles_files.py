"""A profile in error starts nothing and is told with its file, its key, what stands there and what to write instead."""

from pathlib import Path

import pytest

from exporter.errors import ExporterError
from exporter.snmp.profiles.loading import load_profiles, read_profile

GOOD = """
title: Radio of the office
mib: OFFICE-MIB, radioTable
applies: {sys_object_id: [1.3.6.1.4.1.99999]}
readings:
  - {measures: signal_receive, medium: radio, oid: 1.3.6.1.4.1.99999.1.2, unit: dBm, low: -70, item: {text: radio}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "radio-kantor.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_is_read_and_called_by_its_file(tmp_path: Path) -> None:
    profile = read_profile(written(tmp_path, GOOD))
    assert (profile.name, profile.readings[0].low) == ("radio-kantor", -70)


WRONG = {
    "an unknown measure": ("measures: signal_receive", "measures: power", "'power' is not known; write one of"),
    "a unit of another kind": ("unit: dBm", "unit: percent", "'percent' does not fit signal_receive; write one of dBm"),
    "no medium": ("medium: radio, ", "", "signal_receive needs a medium: optical, onu, pon, radio or lte"),
    "an unknown key": ("low: -70", "lowest: -70", "0.lowest: Extra inputs are not permitted (it is -70); see docs"),
    "no OID": ("oid: 1.3.6.1.4.1.99999.1.2", "oid: ifInOctets", "readings.0.oid: String should match pattern"),
    "a threshold on the wrong side": ("low: -70", "high: -70", "signal_receive has no high threshold; leave it out"),
    "a pattern without a group": ("{text: radio}", "{text: radio, pattern: abc}", "must have exactly one group"),
    "a broken pattern": ("{text: radio}", "{text: radio, pattern: '(a'}", "is no regular expression"),
    "for no device": ("{sys_object_id: [1.3.6.1.4.1.99999]}", "{}", "applies: write sys_object_id, has, or devices"),
    "no title": ("title: Radio of the office", "", "title: Field required; see docs/how-to/device-profiles.md"),
    "no YAML": ("title:", "title: [", " line 3: not YAML"),
    "no date": ("title: Radio of the office", "title: 2026-13-45", "line 2: not YAML: '2026-13-45' is no timestamp"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_with_file_key_value_and_next_step(name: str, tmp_path: Path) -> None:
    before, after, words = WRONG[name]
    path = written(tmp_path, GOOD.replace(before, after))
    with pytest.raises(ExporterError) as refusal:
        read_profile(path)
    assert str(refusal.value).startswith(str(path))
    assert words in str(refusal.value)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("unit: dBm", "unit: percent"))
    (tmp_path / "b.yaml").write_text("- 1", encoding="utf-8")
    with pytest.raises(ExporterError) as refusal:
        load_profiles(tmp_path)
    assert str(refusal.value).count("\n") == 1
    assert "is no profile; it begins with title" in str(refusal.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExporterError, match=r"is no folder of device profiles; make it, or leave snmp\.profiles out"):
        load_profiles(tmp_path / "none")
