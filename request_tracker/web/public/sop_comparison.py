"""An SOP in, its approved paper beside the tracker's workflow out, row by row; what the tracker adds stands apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from request_tracker.cases.actions import ACTIONS
from request_tracker.chart.approved import additions
from request_tracker.chart.wording import printed_actors, wording_of
from request_tracker.sop.model import Sop, Step, Target
from request_tracker.sop.printed import PrintRow
from request_tracker.words.bilingual import Both, joined
from request_tracker.words.labels import phrase

Pairs = tuple[tuple[Both, Both], ...]
SYSTEM = Both("sistem", "the system")
ACTORS, NEEDS, TIME = Both("Pelaksana", "Actors"), Both("Kelengkapan", "Requirements"), Both("Waktu", "Time")
OUTPUT, REMARK = Both("Output", "Output"), Both("Keterangan", "Remark")
ACTIONS_NAME, ONWARD, BACK = Both("Tindakan", "Actions"), Both("Lanjut", "Goes on"), Both("Kembali", "Way back")


@dataclass(frozen=True)
class ComparedRow:
    """A row of the paper and the step that runs; empty cells of the paper are left out."""

    number: str
    paper: str
    paper_pairs: Pairs
    workflow: str
    workflow_pairs: Pairs
    added: tuple[str, ...]


def compared(sop: Sop) -> tuple[ComparedRow, ...]:
    """All rows in the paper's order."""
    return tuple(_row(sop, row) for row in wording_of(sop).rows)


def _row(sop: Sop, row: PrintRow) -> ComparedRow:
    step = sop.steps[row.step]
    printed = (
        (ACTORS, ", ".join(printed_actors(sop, row))),
        (NEEDS, row.requirements),
        (TIME, row.time),
        (OUTPUT, row.output),
        (REMARK, row.remark),
    )
    return ComparedRow(
        number=row.number,
        paper=row.activity,
        paper_pairs=tuple((name, _same(text)) for name, text in printed if text),
        workflow=step.text,
        workflow_pairs=tuple(_workflow(sop, step)),
        added=additions(sop, row),
    )


def _workflow(sop: Sop, step: Step) -> Iterator[tuple[Both, Both]]:
    actors = sop.lane_names(step.lanes)
    yield ACTORS, _same(actors) if actors else SYSTEM
    needs, outputs = ("; ".join(sop.documents[key].name for key in keys) for keys in (step.requires, step.outputs))
    time = str(step.time).replace("_", " ") if step.time else ""
    # In the order of the paper's columns.
    yield from ((name, _same(text)) for name, text in ((NEEDS, needs), (TIME, time), (OUTPUT, outputs)) if text)
    if step.actions:
        yield ACTIONS_NAME, joined(ACTIONS[word].name for word in step.actions)
    yield ONWARD, joined(_ways(sop, step))
    if step.back:
        yield BACK, _number(sop, step.back)


def _ways(sop: Sop, step: Step) -> Iterator[Both]:
    if step.next:
        yield _target(sop, step.next)
    for label, target in step.decision.items():
        word, leads = phrase(label), _target(sop, target)
        yield Both(f"{word.indonesian}: {leads.indonesian}", f"{word.english}: {leads.english}")


def _target(sop: Sop, target: Target) -> Both:
    if target.step:
        return _number(sop, target.step)
    ending = phrase(target.end or "")
    return Both(f"berakhir {ending.indonesian}", f"ends {ending.english}")


def _number(sop: Sop, step: str) -> Both:
    number = next(row.number.rstrip(".") for row in wording_of(sop).rows if row.step == step)
    return Both(f"ke baris {number}", f"to row {number}")


def _same(text: str) -> Both:
    return Both(text, text)
