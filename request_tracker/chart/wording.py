"""An SOP in, the words of its paper out: the approved one's where the file keeps them, else the file's own. Pure."""

from request_tracker.chart.layout import Shape
from request_tracker.chart.swimlanes import shapes_of
from request_tracker.sop.model import Lane, Sop, Step
from request_tracker.sop.printed import PrintBlock, PrintHeads, PrintRow, PrintSymbol, SopPrint

_SYMBOLS = {
    Shape.TERMINATOR: PrintSymbol.BEGIN_END,
    Shape.PROCESS: PrintSymbol.PROCESS,
    Shape.DECISION: PrintSymbol.DECISION,
}


def wording_of(sop: Sop) -> SopPrint:
    """What the paper says; an SOP that an office wrote for the tracker is its own paper."""
    if sop.wording is not None:
        return sop.wording
    block = sop.identity
    return SopPrint(
        title=sop.title,
        heads=PrintHeads(),
        lane_names={},
        block=PrintBlock(
            legal_basis=tuple(basis.text for basis in block.legal_basis),
            qualifications=block.qualifications,
            related=block.related,
            equipment=block.equipment,
            warnings=block.warnings,
            records=block.records,
        ),
        sections=(),
        rows=tuple(_row(sop, step) for step in sorted(sop.steps.values(), key=lambda step: step.order)),
    )


def lane_name(sop: Sop, lane: Lane) -> str:
    """What stands over that column of the paper."""
    return wording_of(sop).lane_names.get(lane.key, lane.name)


def printed_actors(sop: Sop, row: PrintRow) -> list[str]:
    """Whose cells of the row hold a symbol, in the order of the paper's columns."""
    return [lane_name(sop, lane) for key, lane in sop.lanes.items() if key in row.symbols]


def rows_as_printed(sop: Sop) -> list[dict[str, object]]:
    """The rows of the paper's table, word for word; an actor is named where the paper has a symbol in its column."""
    return [
        {
            "no": row.number,
            "aktivitas": row.activity,
            "pelaksana": printed_actors(sop, row),
            "kelengkapan": row.requirements,
            "waktu": row.time,
            "output": row.output,
            "keterangan": row.remark,
        }
        for row in wording_of(sop).rows
    ]


def _row(sop: Sop, step: Step) -> PrintRow:
    lanes = [lane for lane in step.lanes if lane in sop.lanes and sop.lanes[lane].printed]
    shapes = [_SYMBOLS[shape] for shape in shapes_of(sop, step, len(lanes))]
    return PrintRow(
        step=step.id,
        number=str(step.order),
        activity=step.printed_text or step.text,
        symbols={} if step.inferred else dict(zip(lanes, shapes, strict=True)),
        requirements="; ".join(sop.documents[key].name for key in step.requires),
        time=str(step.time).replace("_", " ") if step.time else "",
        output="; ".join(sop.documents[key].name for key in step.outputs),
    )
