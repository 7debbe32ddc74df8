"""A parsed SOP in, faults (with lines) and warnings out. Pure: proves that every case can be walked and ended."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from request_tracker.sop.model import SYSTEM_LANE, Document, Duration, Sop, Step, Unit
from request_tracker.words.bilingual import Both, filled

# Perpres 21/2023: 37 h 30 min a week on five days.
WORKING_MINUTES_A_DAY = 450
_MINUTES = {
    Unit.MINUTES: 1,
    Unit.HOURS: 60,
    Unit.WORKING_HOURS: 60,
    Unit.DAYS: WORKING_MINUTES_A_DAY,
    Unit.DAYS_LENGTH: WORKING_MINUTES_A_DAY,
}
_IDENTITY: dict[str, Callable[[Sop], str | None]] = {
    "nomor": lambda sop: sop.number,
    "berlaku.dibuat": lambda sop: sop.identity.created,
    "berlaku.efektif": lambda sop: sop.identity.effective,
    "disahkan.jabatan": lambda sop: sop.identity.approved_by.get("jabatan"),
}


@dataclass
class Findings:
    """``faults`` forbid the use of the SOP, each with its line; ``warnings`` are told."""

    faults: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[Both] = field(default_factory=list)


def check(sop: Sop, ids: Sequence[str], lines: Mapping[int, int]) -> Findings:
    """Check names first; the graph only when every name is known, because it cannot be walked otherwise."""
    findings = Findings()
    earlier: set[str] = set()
    for index, name in enumerate(ids):
        if name in earlier:
            findings.faults.append((lines[index], f"{name} is used twice; every step needs its own id"))
        earlier.add(name)
    for step in sop.steps.values():
        findings.faults += [
            (step.line, f"{step.id}: {message}") for message in (*_names(sop, step), *_sense(sop, step))
        ]
    for document in sop.documents.values():
        findings.faults += [(1, f"dokumen {document.key}: {message}") for message in _signatures(sop, document)]
    findings.faults += [(1, message) for message in (*_forms(sop), *_print(sop))]
    if sop.start not in sop.steps:
        findings.faults.append((1, f"mulai: unknown step {sop.start!r}"))
    if not findings.faults:
        findings.faults += _graph(sop)
        findings.warnings += _totals(sop)
        findings.warnings += _identity(sop)
    return findings


def reachable(sop: Sop, start: str) -> set[str]:
    """Every step that can follow ``start``, itself included; ways back count."""
    reached: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += _onward(sop.steps[name])
    return reached


def _onward(step: Step) -> list[str]:
    return [target.step for target in step.targets if target.step] + ([step.back] if step.back else [])


def _names(sop: Sop, step: Step) -> Iterable[str]:
    """What a step names and the SOP does not have."""
    for lane in (*step.lanes, *step.copies_to):
        if lane not in sop.lanes and not (lane == SYSTEM_LANE and lane in step.lanes):
            yield f"unknown column {lane!r}; the columns are {', '.join(sop.lanes)}"
    for document in (*step.requires, *step.outputs):
        if document not in sop.documents:
            yield f"unknown document {document!r}; the documents are {', '.join(sop.documents)}"
    for target in _onward(step):
        if target not in sop.steps:
            yield f"unknown step {target!r}"


def _sense(sop: Sop, step: Step) -> Iterable[str]:
    """What a step says of itself that cannot be meant."""
    if len(set(step.lanes)) != len(step.lanes):
        yield "an actor stands twice in pelaksana"
    if SYSTEM_LANE in step.lanes and len(step.lanes) > 1:
        yield "sistem acts alone"
    if SYSTEM_LANE in step.lanes and (step.decision or step.form):
        yield "sistem acts by itself; keputusan and formulir are a person's"
    if step.id == sop.start and (len(step.lanes) != 1 or SYSTEM_LANE in step.lanes or step.decision):
        yield "the first step is done by opening the case: one actor, a person, no keputusan"
    if step.time and step.time.minimum and minutes(step.time.minimum) > minutes(step.time.maximum):
        yield f"min {step.time.minimum} is longer than maks {step.time.maximum}"
    if step.emergency_parallel and (sop.kind != "outage" or step.next is None or step.next.step is None):
        yield "paralel_darurat belongs to a gangguan and to a step whose ke is another step; it goes on there meanwhile"


def _signatures(sop: Sop, document: Document) -> Iterable[str]:
    """Who signs a paper: a column of the SOP, and an actor of a step that makes it; else it would never be complete."""
    signing = {lane for step in sop.steps.values() if document.key in step.outputs for lane in step.lanes}
    for lane in document.signatures:
        if lane not in sop.lanes:
            yield f"unknown column {lane!r} in tanda_tangan"
        elif lane not in signing:
            yield f"{lane!r} in tanda_tangan is no actor of a step that makes it"


def _forms(sop: Sop) -> Iterable[str]:
    """The SOP's own forms: each is used somewhere, no key stands twice."""
    used = {name for step in sop.steps.values() for name in step.form}
    used |= {document.form for document in sop.documents.values() if document.form}
    form_of: dict[str, str] = {}
    for name, fields in sop.forms.items():
        if name not in used:
            yield f"formulir {name}: no step and no document uses it"
        for entry in fields:
            if entry.key in form_of:
                yield f"formulir {name}: {entry.key} stands in {form_of[entry.key]} too; every field needs its own key"
            form_of[entry.key] = name


def _print(sop: Sop) -> Iterable[str]:
    """The approved paper's table: a row for each step and no other, symbols in columns that the paper has."""
    if sop.wording is None:
        return
    rows = [row.step for row in sop.wording.rows]
    for name in dict.fromkeys([*sop.steps, *rows]):
        if name not in sop.steps:
            yield f"cetakan: unknown step {name!r}"
        elif rows.count(name) != 1:
            yield f"cetakan: {name} has {rows.count(name)} rows; every step has one"
    named = [*sop.wording.lane_names, *(lane for row in sop.wording.rows for lane in row.symbols)]
    for lane in dict.fromkeys(named):
        if lane not in sop.lanes or not sop.lanes[lane].printed:
            yield f"cetakan: {lane!r} is no printed column"


def _graph(sop: Sop) -> list[tuple[int, str]]:
    reached = reachable(sop, sop.start)
    faults = [
        (step.line, f"{step.id} cannot be reached from {sop.start}")
        for step in sop.steps.values()
        if step.id not in reached
    ]
    for step in sop.steps.values():
        ends = any(target.end for name in reachable(sop, step.id) for target in sop.steps[name].targets)
        if not ends:
            faults.append((step.line, f"no end can be reached from {step.id}"))
    return faults or _missing_documents(sop)


def _missing_documents(sop: Sop) -> list[tuple[int, str]]:
    """A must-analysis to its fixed point: what exists at a step on every way to it, against what the step requires."""
    everything = frozenset(sop.documents)
    begun = frozenset(
        key for key in sop.steps[sop.start].requires if (sop.documents[key].origin or "").startswith("unggah")
    )
    # From everything downwards: papers are only ever taken away, so it ends, and circles need no care of their own.
    at_entry = dict.fromkeys(sop.steps, everything)
    at_entry[sop.start] = begun
    changed = True
    while changed:
        changed = False
        for step in sop.steps.values():
            after = at_entry[step.id] | frozenset(step.outputs)
            for name in _onward(step):
                # Sending back does not finish the step, so what it would have made is not there.
                present = at_entry[name] & (at_entry[step.id] if name == step.back else after)
                changed = changed or present != at_entry[name]
                at_entry[name] = present
    return [
        (step.line, f"{step.id} requires {document!r}, which some way to it does not produce")
        for step in sop.steps.values()
        for document in step.requires
        if document not in at_entry[step.id]
    ]


def _totals(sop: Sop) -> Iterable[Both]:
    total = sop.promise.total
    if total is None:
        return
    longest = max(_path_sums(sop, sop.start, frozenset()))
    promised = minutes(total.maximum)
    if longest > promised:
        sentence = Both(
            "{}: waktu terpanjang semua langkah {} menit kerja, {} lebih dari yang dijanjikan ({});"
            " janji yang mengikat, waktu langkah adalah peringatan",
            "{}: the steps' longest times add up to {} working minutes, {} more than the promised {};"
            " the promise binds, the steps' times are warnings",
        )
        yield filled(sentence, sop.code, longest, longest - promised, total.maximum)


def _path_sums(sop: Sop, name: str, walked: frozenset[str]) -> list[int]:
    step = sop.steps[name]
    own = minutes(step.time.maximum) if step.time else 0
    following = [target.step for target in step.targets if target.step and target.step not in walked]
    # Without steps walked before: a loop has no longest time, and each may be walked once.
    onward = [total for target in following for total in _path_sums(sop, target, walked | {name})]
    return [own + total for total in onward] or [own]


def minutes(duration: Duration) -> int:
    """A time in working minutes; a day is 7.5 hours."""
    return duration.amount * _MINUTES[duration.unit]


def _identity(sop: Sop) -> Iterable[Both]:
    missing = [name for name, read in _IDENTITY.items() if not read(sop)]
    if missing:
        sentence = Both("{}: identitas SOP belum lengkap: {}", "{}: the SOP's identity is not complete: {}")
        yield filled(sentence, sop.code, ", ".join(missing))
    inferred = [step.id for step in sop.steps.values() if step.inferred]
    if inferred:
        sentence = Both(
            "{}: pelaksana belum ditetapkan dalam SOP tercetak: {}", "{}: the printed SOP names no actor for {}"
        )
        yield filled(sentence, sop.code, ", ".join(inferred))
