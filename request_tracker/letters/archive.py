"""A case as one ZIP that outlives the tracker (BTM-14): papers, attachments, SOP, events and checksums.

The same case gives the same bytes: every paper is made as of the case's last event. ``faults`` needs the file alone, no
database: sums, the chain of events, and that every attachment the events name is there.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from request_tracker.cases import Case, Desk, history, read_case
from request_tracker.cases.events import faults as chain_faults
from request_tracker.cases.events import to_row
from request_tracker.config import TrackerConfig
from request_tracker.errors import Refused, TrackerError
from request_tracker.letters.keeping import frozen_paper
from request_tracker.letters.making import facts_of, frozen_report, make, offers, rests_on_figures
from request_tracker.letters.press.forms import set_paper
from request_tracker.sop import register
from request_tracker.sop.model import Sop
from request_tracker.store import files
from request_tracker.store.chain import canonical
from request_tracker.store.damaged_zips import DAMAGES

EVENTS, SOP_FILE, SUMS, READ_ME = "kejadian.json", "sop.yaml", "SHA256SUMS", "BACA.txt"
# Two gigabytes unpacked: the attachments of the longest case with room to spare, and no bomb fits a server's memory.
MAX_BYTES = 2 * 2**30
# Characters of a hash before an attachment's name: enough to tell files apart, few enough to read.
SHOWN_HASH = 12
# Bytes of an attachment's own name, from its end: file systems end at 255 with the hash before it.
SHOWN_NAME = 200
ATTACHMENTS = "lampiran/"
# Notes name a photograph by its address on the page (``web.cases.case_pages``); in the archive it lies by its hash.
_PHOTO = re.compile(r"/berkas/([0-9a-f]{64})")
_UNSAFE = re.compile(r"[^\w.-]")
_READ_ME_TEXT = """Arsip kasus {number} ({ending}).

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
        # As JSON and not as a text of JSON: people read this file; ``faults`` makes the canonical text again before it
        # hashes.
        row["data"] = json.loads(row.pop("data"))
        del row["case_id"]
    course = {"case": number, "sop": sop.code, "revision": sop.revision, "sop_hash": sop.hash, "events": events}
    parts = {
        EVENTS: (json.dumps(course, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(),
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
            # By the sizes it claims, before anything is unpacked; zipfile stops at a claimed size.
            if sum(entry.file_size for entry in opened.infolist()) > MAX_BYTES:
                raise TrackerError(f"{archive}: would unpack to more than {MAX_BYTES} bytes; it is no archive of ours")
            parts = {name: opened.read(name) for name in opened.namelist()}
        course = json.loads(parts[EVENTS])
        lines = [line.partition("  ") for line in parts.pop(SUMS).decode().splitlines()]
        sums = {name: digest for digest, _, name in lines}
        rows = [{**row, "data": canonical(row["data"])} for row in course["events"]]
        return [*_sum_faults(parts, sums), *_event_faults(parts, course, rows)]
    except OSError as error:
        raise TrackerError(f"{archive}: cannot be read: {error.strerror or error}") from error
    except DAMAGES as error:
        raise TrackerError(f"{archive}: is no archive of a case: {error!r}") from error


def _sum_faults(parts: Mapping[str, bytes], sums: Mapping[str, str]) -> list[str]:
    missing = [f"{name}: is missing" for name in sorted(sums.keys() - parts.keys())]
    extra = [f"{name}: is not in {SUMS}" for name in sorted(parts.keys() - sums.keys())]
    both = sorted(sums.keys() & parts.keys())
    wrong = (name for name in both if hashlib.sha256(parts[name]).hexdigest() != sums[name])
    return missing + extra + [f"{name}: its content does not give its sum" for name in wrong]


def _event_faults(parts: Mapping[str, bytes], course: Mapping[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    problems = chain_faults(str(course["case"]), rows)
    sop = hashlib.sha256(parts.get(SOP_FILE, b"")).hexdigest()
    if not rows or json.loads(rows[0]["data"])["sop_hash"] != sop:
        problems.append(f"{SOP_FILE}: is not the SOP that the first event names")
    attachments = {name: content for name, content in parts.items() if name.startswith(ATTACHMENTS)}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in attachments.items()}
    problems += [
        f"{name}: its name is not its content's"
        for name, digest in digests.items()
        if not name.removeprefix(ATTACHMENTS).startswith(digest[:SHOWN_HASH])
    ]
    names = {data["sha256"] for row in rows if row["kind"] == "document_added" and "sha256" in (data := _data(row))}
    return problems + [
        f"lampiran {sha256}: is named by an event and missing" for sha256 in sorted(names - set(digests.values()))
    ]


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row["data"])
    return data


def _papers(desk: Desk, config: TrackerConfig, case: Case, sop: Sop) -> dict[str, bytes]:
    last = history(desk, case.number)[-1].occurred_at
    facts, contents = facts_of(desk, config.office, case, sop, last), {}
    for word in (offer.word for offer in offers(sop)):
        report = frozen_report(desk, case, sop, word)
        if report is None and rests_on_figures(case, sop, word):
            continue
        paper, record = make(replace(facts, monitored=report), word), frozen_paper(facts, word)
        content = files.read(config.files, str(record.sha256)) if record else None
        contents[f"surat/{word}-{paper.file}.pdf"] = content or set_paper(paper, own=config.templates)
    return contents


def _attachments(desk: Desk, config: TrackerConfig, case: Case) -> dict[str, bytes]:
    """Every document handed in, and the photos that notes name."""
    names = {record.sha256: record.name or "berkas" for record in case.records if record.sha256}
    for event in history(desk, case.number):
        for sha256 in _PHOTO.findall(str(event.data.get("note", ""))):
            name = desk.store.value("SELECT name FROM files WHERE sha256 = ?", [sha256])
            names |= {sha256: name} if name else {}
    return {
        f"{ATTACHMENTS}{sha256[:SHOWN_HASH]}-{_shown(name)}": files.read(config.files, sha256)
        for sha256, name in names.items()
    }


def _shown(name: str) -> str:
    return _UNSAFE.sub("_", name).encode()[-SHOWN_NAME:].decode(errors="ignore")


def _read_me(case: Case, sop: Sop) -> str:
    names = {"events": EVENTS, "sop": SOP_FILE, "sums": SUMS}
    return _READ_ME_TEXT.format(number=case.number, ending=case.ending, revision=sop.revision, **names)


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """Sorted names and one fixed date: the same parts are the same bytes."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as out:
        for name, content in sorted(parts.items()):
            entry = ZipInfo(name)
            # A Unix mode in the upper 16 bits; ZipInfo's own date is 1980-01-01, always.
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            out.writestr(entry, content)
    return archive.getvalue()
