"""The SOP file in (YAML 1.2, with line numbers), a checked Sop or every problem with its line out. Writes nothing.

Every door says which words it knows (``Vocabulary``); ``letters.sop_files`` holds the product's own. Only the register
reads again without one what a door has checked when it was approved.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from request_tracker.errors import TrackerError
from request_tracker.sop.check import Findings, check
from request_tracker.sop.fields import Field
from request_tracker.sop.model import Document, Identity, Lane, LegalBasis, Promise, Sop, Step, Target, Time
from request_tracker.sop.print_schema import PrintForm, RowForm
from request_tracker.sop.printed import PrintBlock, PrintHeads, PrintRow, PrintSection, SopPrint
from request_tracker.sop.schema import (
    KINDS,
    FieldForm,
    LegalBasisForm,
    PromiseForm,
    SopForm,
    StepForm,
    TargetForm,
    TimeForm,
)
from request_tracker.sop.words import Vocabulary, idle_words, unknown_words
from runtime.lined_yaml import FileProblem, UnreadableError, line_of, load, plain, read_text

# An SOP of a hundred steps is about 40 kB; a file of a megabyte is no SOP and YAML would take minutes over it.
MAX_FILE_BYTES = 1 << 20
SHIPPED = Path(__file__).parent


class SopError(TrackerError):
    """The SOP cannot be used; ``problems`` holds everything found, in the order of the file."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read_sop(path: str | Path, vocabulary: Vocabulary) -> Sop:
    """Read and check one SOP file. Raises SopError with all problems at once."""
    try:
        text = read_text(Path(path), MAX_FILE_BYTES)
    except UnreadableError as error:
        raise SopError([error.problem]) from error
    return parse_sop(text, str(path), vocabulary)


def shipped_sops(vocabulary: Vocabulary) -> list[Sop]:
    """The SOPs that come with the tracker, by code."""
    return [read_sop(path, vocabulary) for path in sorted(SHIPPED.glob("*.yaml"))]


# Keys of earlier releases that mean nothing any more (docs/why/sop-words.md): refused in a new SOP, passed over in one
# that was approved with them, or an upgrade would stop the tracker at its start.
_RETIRED = frozenset({"pemicu", "sunting", "boleh_mendahului"})


def parse_sop(text: str, file: str, vocabulary: Vocabulary) -> Sop:
    """Check the text of an SOP file; ``file`` is the name the problems carry."""
    tree = _load(text, file)
    sop, findings = _checked(tree, text, file)
    faults = [FileProblem(file, line, message) for line, message in findings.faults]
    unknown = [FileProblem(file, line_of(tree, path), message) for path, message in unknown_words(sop, vocabulary)]
    if not faults and not unknown:
        faults = [FileProblem(file, line, message) for line, message in idle_words(sop, vocabulary)]
    if faults or unknown:
        raise SopError([*faults, *unknown])
    return replace(sop, warnings=tuple(findings.warnings))


def approved_sop(text: str, name: str) -> Sop:
    """An approved revision anew, for the register only: its words were checked at the door that approved it.

    An earlier release may have approved it: the keys that have gone since are passed over, its cases go on.
    """
    sop, findings = _checked(_load(text, name), text, name, _RETIRED)
    if findings.faults:
        raise SopError([FileProblem(name, line, message) for line, message in findings.faults])
    return replace(sop, warnings=tuple(findings.warnings))


def _checked(tree: Any, text: str, file: str, retired: frozenset[str] = frozenset()) -> tuple[Sop, Findings]:
    try:
        form = SopForm.model_validate(_without(plain(tree), retired))
    except ValidationError as error:
        raise SopError(
            [FileProblem(file, line_of(tree, fault["loc"]), _sentence(fault)) for fault in error.errors()]
        ) from (error)
    lines = {index: line_of(tree, ("langkah", index)) for index in range(len(form.langkah))}
    sop = _sop(form, text, lines)
    return sop, check(sop, [step.id for step in form.langkah], lines)


def _without(value: Any, keys: frozenset[str]) -> Any:
    """The same tree without these keys, wherever they stand."""
    if isinstance(value, dict):
        return {key: _without(inner, keys) for key, inner in value.items() if key not in keys}
    return [_without(inner, keys) for inner in value] if isinstance(value, list) else value


def _load(text: str, file: str) -> Any:
    try:
        return load(text, file, "an SOP: skema, kode, revisi, judul, kolom, dokumen, langkah")
    except UnreadableError as error:
        raise SopError([error.problem]) from error


def _sop(form: SopForm, text: str, lines: Mapping[int, int]) -> Sop:
    return Sop(
        code=form.kode,
        revision=form.revisi,
        number=form.nomor,
        title=form.judul,
        kind={"permohonan": "request", "gangguan": "outage", "pengaduan": "complaint"}[form.jenis],
        identity=_identity(form),
        lanes={key: Lane(key, lane.nama, lane.peran, lane.nomor, lane.tercetak) for key, lane in form.kolom.items()},
        documents={
            key: Document(
                key=key,
                name=doc.nama,
                origin=doc.asal,
                template=doc.templat,
                form=doc.formulir,
                automatic=doc.otomatis,
                signatures=tuple(doc.tanda_tangan),
            )
            for key, doc in form.dokumen.items()
        },
        promise=_promise(form.waktu),
        start=form.mulai,
        steps={step.id: _step(step, lines[index]) for index, step in enumerate(form.langkah)},
        forms={key: tuple(_field(field) for field in fields) for key, fields in form.formulir.items()},
        wording=_print(form.cetakan, form.dasar_hukum) if form.cetakan else None,
        text=text,
        # Of the text as approved, comments and all: what people signed is the file, not what we read of it.
        hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _field(form: FieldForm) -> Field:
    english = form.inggris or form.label
    return Field(form.kunci, form.label, english, KINDS[form.jenis], form.wajib, choices=tuple(form.pilihan))


def _identity(form: SopForm) -> Identity:
    return Identity(
        created=form.berlaku.dibuat,
        revised=form.berlaku.direvisi,
        effective=form.berlaku.efektif,
        approved_by=form.disahkan.model_dump(),
        legal_basis=tuple(LegalBasis(basis.teks, basis.dicabut_oleh) for basis in form.dasar_hukum),
        qualifications=tuple(form.kualifikasi),
        related=tuple(form.keterkaitan),
        equipment=tuple(form.peralatan),
        warnings=tuple(form.peringatan),
        records=tuple(form.pencatatan),
        responsible=form.penanggung_jawab,
        note=form.catatan,
    )


def _print(form: PrintForm, bases: Sequence[LegalBasisForm]) -> SopPrint:
    heads = form.judul_kolom
    return SopPrint(
        title=form.nama,
        heads=PrintHeads(
            heads.nomor,
            heads.aktivitas,
            heads.pelaksana,
            heads.kelengkapan,
            heads.waktu,
            heads.output,
            heads.keterangan,
        ),
        lane_names=dict(form.kolom),
        block=PrintBlock(
            legal_basis=tuple(form.dasar_hukum or (basis.teks for basis in bases)),
            qualifications=tuple(form.kualifikasi),
            related=tuple(form.keterkaitan),
            equipment=tuple(form.peralatan),
            warnings=tuple(form.peringatan),
            records=tuple(form.pencatatan),
        ),
        sections=tuple(PrintSection(section.judul, tuple(section.isi)) for section in form.bagian),
        rows=tuple(_row(row) for row in form.baris),
    )


def _row(form: RowForm) -> PrintRow:
    return PrintRow(
        step=form.langkah,
        number=form.nomor,
        activity=form.aktivitas,
        symbols=dict(form.simbol),
        requirements=form.kelengkapan,
        time=form.waktu,
        output=form.output,
        remark=form.keterangan,
    )


def _promise(form: PromiseForm) -> Promise:
    return Promise(form.kalender, form.jaminan, _time(form.total), form.pemberitahuan, form.biaya)


def _step(form: StepForm, line: int) -> Step:
    return Step(
        id=form.id,
        order=form.urut,
        text=form.uraian,
        lanes=tuple(form.pelaksana),
        line=line,
        printed_text=form.kutipan_asli,
        mode=form.mode,
        copies_to=tuple(form.tembusan),
        different_people=form.orang_berbeda,
        requires=tuple(form.lengkap),
        outputs=tuple(form.hasil),
        time=_time(form.waktu),
        pauses=dict(form.jeda_boleh),
        form=tuple(form.formulir),
        actions=tuple(form.tindakan),
        emergency_parallel=form.paralel_darurat,
        inferred=form.inferensi,
        next=_target(form.ke) if form.ke else None,
        decision={label: _target(target) for label, target in form.keputusan.items()},
        back=form.kembali,
    )


def _time(form: TimeForm | None) -> Time | None:
    return Time(form.maks, form.min) if form else None


def _target(form: str | TargetForm) -> Target:
    return Target(step=form) if isinstance(form, str) else Target(end=form.akhir, actions=tuple(form.tindakan))


def _sentence(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key {where}"
    if fault["type"] == "missing":
        return f"{where} is missing"
    return f"{where}: {str(fault['msg']).removeprefix('Value error, ')}"
