"""A case as one ZIP that outlives the tracker (BTM-14): papers, attachments, SOP, events and checksums.

The same case gives the same bytes: every paper is made as of the case's last event. ``faults`` needs the file alone, no
database: sums, the chain of events, and that every attachment the events name is there.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from request_tracker.cases import Case, Desk, history, read_case
from request_tracker.cases.events import faults as chain_faults
from request_tracker.cases.events import to_row
from request_tracker.config import TrackerConfig
from request_tracker.errors import Refused, TrackerError
from request_tracker.letters.keeping import kept_as
from request_tracker.letters.making import FROZEN, facts_of, frozen_report, make, papers_of
from request_tracker.letters.press.pdf import pdf
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.store import files
from request_tracker.store.chain import canonical

EVENTS, SOP_FILE, SUMS, READ_ME = "kejadian.json", "sop.yaml", "SHA256SUMS", "BACA.txt"
MAX_BYTES = 2 * 2**30
_PHOTO = re.compile(r"/berkas/([0-9a-f]{64})")
_UNSAFE = re.compile(r"[^\w.-]")
_TOLD = """Arsip kasus {number} ({ending}).

surat/         surat dan laporan, PDF/A-3
lampiran/      berkas yang diserahkan, dengan nama sidiknya
{events}  seluruh kejadian, berantai sidik
{sop}       SOP yang dijalani, revisi {revision}

Periksa tanpa pelacak:   sha256sum -c {sums}
Periksa dengan pelacak:  lebarpita-tracker case check ARSIP.zip
"""


def pack(desk: Desk, config: TrackerConfig, number: str) -> bytes:
    """The archive of a case that has ended. Raises Refused where it runs, TrackerError where a paper is damaged."""
    case = read_case(desk, number)
    if case.ending is None:
        raise Refused("still_running", number=number)
    sop = register.by_hash(desk.store, case.sop_hash)
    events = [to_row(event, 0) for event in history(desk, number)]
    for row in events:
        row["data"] = json.loads(row.pop("data"))
        del row["case_id"]
    told = {"case": number, "sop": sop.code, "revision": sop.revision, "sop_hash": sop.hash, "events": events}
    parts = {
        EVENTS: (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(),
        SOP_FILE: sop.text.encode(),
        READ_ME: _read_me(case, sop).encode(),
        **_papers(desk, config, case, sop),
        **_attachments(desk, config, case),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(parts.items()))
    return _zip({**parts, SUMS: sums.encode()})


def faults(archive: Path) -> list[str]:
    """Everything that is wrong with an archive; empty where it is whole. Raises TrackerError where it is none."""
    try:
        with ZipFile(archive) as opened:
            if sum(entry.file_size for entry in opened.infolist()) > MAX_BYTES:
                raise TrackerError(f"{archive}: would unpack to more than {MAX_BYTES} bytes; it is no archive of ours")
            parts = {name: opened.read(name) for name in opened.namelist()}
        told = json.loads(parts[EVENTS])
        lines = [line.partition("  ") for line in parts.pop(SUMS).decode().splitlines()]
        sums = {name: digest for digest, _, name in lines}
        rows = [{**row, "data": canonical(row["data"])} for row in told["events"]]
        return [*_sum_faults(parts, sums), *_event_faults(parts, told, rows)]
    except OSError as error:
        raise TrackerError(f"{archive}: cannot be read: {error.strerror or error}") from error
    except (BadZipFile, KeyError, TypeError, ValueError, RuntimeError, NotImplementedError) as error:
        raise TrackerError(f"{archive}: is no archive of a case: {error!r}") from error


def _sum_faults(parts: Mapping[str, bytes], sums: Mapping[str, str]) -> list[str]:
    found = [f"{name}: is missing" for name in sorted(sums.keys() - parts.keys())]
    found += [f"{name}: is not in {SUMS}" for name in sorted(parts.keys() - sums.keys())]
    wrong = (n for n in sorted(sums.keys() & parts.keys()) if hashlib.sha256(parts[n]).hexdigest() != sums[n])
    return found + [f"{name}: its content does not give its sum" for name in wrong]


def _event_faults(parts: Mapping[str, bytes], told: Mapping[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    found = chain_faults(str(told["case"]), rows)
    sop = hashlib.sha256(parts.get(SOP_FILE, b"")).hexdigest()
    if not rows or json.loads(rows[0]["data"])["sop_hash"] != sop:
        found.append(f"{SOP_FILE}: is not the SOP that the first event names")
    digests = {n: hashlib.sha256(content).hexdigest() for n, content in parts.items() if n.startswith("lampiran/")}
    found += [f"{n}: its name is not its content's" for n, one in digests.items() if not n[9:].startswith(one[:12])]
    named = {data["sha256"] for row in rows if row["kind"] == "document_added" and "sha256" in (data := _data(row))}
    return found + [
        f"lampiran {sha256}: is named by an event and missing" for sha256 in sorted(named - set(digests.values()))
    ]


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row["data"])
    return data


def _papers(desk: Desk, config: TrackerConfig, case: Case, sop: Sop) -> dict[str, bytes]:
    last = history(desk, case.number)[-1].occurred_at
    found = {}
    for kind, _ in papers_of(sop):
        told = frozen_report(desk, case, sop, kind)
        if told is None and (case.kind == "outage" or kind in FROZEN):
            continue
        facts = facts_of(desk, config.office, case, sop, last, told)
        frozen, made = kept_as(facts, kind), make(facts, kind)
        content = files.read(config.files, str(frozen.sha256)) if frozen else None
        found[f"surat/{kind}-{made.file}.pdf"] = content or pdf(made.template, made.data(), own=config.templates)
    return found


def _attachments(desk: Desk, config: TrackerConfig, case: Case) -> dict[str, bytes]:
    """Every document handed in, and the photos that notes name."""
    kept = {record.sha256: record.name or "berkas" for record in case.records if record.sha256}
    for event in history(desk, case.number):
        for sha256 in _PHOTO.findall(str(event.data.get("note", ""))):
            name = desk.store.value("SELECT name FROM files WHERE sha256 = ?", [sha256])
            kept |= {sha256: name} if name else {}
    return {
        f"lampiran/{sha256[:12]}-{_UNSAFE.sub('_', name)[-80:]}": files.read(config.files, sha256)
        for sha256, name in kept.items()
    }


def _read_me(case: Case, sop: Sop) -> str:
    names = {"events": EVENTS, "sop": SOP_FILE, "sums": SUMS}
    return _TOLD.format(number=case.number, ending=case.ending, revision=sop.revision, **names)


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """Sorted names and one fixed date: the same parts are the same bytes."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as out:
        for name, content in sorted(parts.items()):
            entry = ZipInfo(name)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            out.writestr(entry, content)
    return made.getvalue()
