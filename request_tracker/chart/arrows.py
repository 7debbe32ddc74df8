"""An SOP and the rows of its chart in, the arrows between their symbols out: onward, decisions, ways back, ends. Pure.

An arrow that the approved paper has not is ``added``: a way back (``kembali``), and an end without its symbol.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from request_tracker.chart.layout import SYMBOL_HEIGHT, SYMBOL_WIDTH, Arrows, PageSign, Row, Shape, Symbol, Way
from request_tracker.sop.model import Sop, Step, Target

# The word beside a way back that the tracker adds.
_BACK = "kembali"


@dataclass(frozen=True)
class _Leaving:
    """An arrow that begins: at which symbol of which row, its word, the how manieth of its row, whether it is added."""

    row: Row
    symbol: Symbol
    label: str = ""
    turn: int = 0
    added: bool = False


def arrows(sop: Sop, rows: Sequence[Row]) -> Arrows:
    """All of them, page by page in the order of the rows."""
    by_step = {row.step: row for row in rows}
    ways: list[Way] = []
    signs: list[PageSign] = []
    for row in rows:
        ways += _within(sop, row)
        ways += _ends(sop.steps[row.step], row)
        for leaving, target in _leaving(sop, row, by_step):
            reached = by_step.get(target)
            if reached is None or not reached.symbols:
                continue
            if reached.page == leaving.row.page:
                ways.append(_between(leaving, reached, _aside(sop.steps[row.step], row, by_step)))
            else:
                signs += _page_signs(leaving, reached)
    return Arrows(tuple(ways), tuple(signs))


def _diamond_of(sop: Sop, step: Step, by_step: Mapping[str, Row]) -> Row:
    """The row whose symbol decides for a step: its own, or that of a branch where the paper draws the diamond there."""
    own = by_step[step.id]
    if any(symbol.shape is Shape.DECISION for symbol in own.symbols):
        return own
    branches = [by_step.get(target.step or "") for target in step.decision.values()]
    drawn = (row for row in branches if row and row.symbols and row.symbols[0].shape is Shape.DECISION)
    return next((row for row in drawn if not sop.steps[row.step].decision), own)


def _leaving(sop: Sop, row: Row, by_step: Mapping[str, Row]) -> Iterator[tuple[_Leaving, str]]:
    """Every arrow that belongs to a row's step, with the step that it leads to."""
    step = sop.steps[row.step]
    if not row.symbols:
        return
    if step.next and step.next.step:
        yield _Leaving(row, row.symbols[-1]), step.next.step
    deciding = _diamond_of(sop, step, by_step)
    if deciding is not row:
        yield _Leaving(row, row.symbols[-1]), deciding.step
    for turn, (label, target) in enumerate(step.decision.items()):
        if target.step and (deciding is row or target.step != deciding.step):
            symbol = row.symbols[-1] if deciding is row else deciding.symbols[0]
            yield _Leaving(deciding, symbol, label, turn), target.step
    if step.back:
        yield _Leaving(row, row.symbols[-1], _BACK, len(step.decision), added=True), step.back


def _within(sop: Sop, row: Row) -> Iterator[Way]:
    """From actor to actor of one row; the first way says the decision's word where the paper draws the diamond."""
    first = row.symbols[0].shape is Shape.DECISION and not sop.steps[row.step].decision if row.symbols else False
    label = next((word for word in _words_into(sop, row.step)), "") if first else ""
    for place, (symbol, other) in enumerate(pairwise(row.symbols)):
        yield _joined(row, symbol, other, label if place == 0 else "")


def _words_into(sop: Sop, name: str) -> Iterator[str]:
    for step in sop.steps.values():
        yield from (label for label, target in step.decision.items() if target.step == name)


def _joined(row: Row, symbol: Symbol, other: Symbol, label: str) -> Way:
    toward = 1 if other.x > symbol.x else -1
    half = SYMBOL_WIDTH / 2
    points = ((symbol.x + toward * half, symbol.y), (other.x - toward * half, other.y))
    return Way(row.page, points, label, added=symbol.added or other.added)


def _ends(step: Step, row: Row) -> Iterator[Way]:
    """A way that ends the case where no symbol says so: an arrow out of the last symbol; the remark says which end."""
    if not row.symbols:
        return
    for label, target in step.decision.items():
        if target.end:
            begin = row.symbols[-1].x + SYMBOL_WIDTH / 2
            yield Way(row.page, ((begin, row.middle), (begin + 16, row.middle)), label)
    if step.next and step.next.end and row.symbols[-1].shape is not Shape.TERMINATOR:
        # Downwards, because the actor before may stand on either side; 12 points stay within the lowest row.
        x, below = row.symbols[-1].x, row.middle + SYMBOL_HEIGHT / 2
        yield Way(row.page, ((x, below), (x, below + 12)), step.next.end, added=True)


def _aside(step: Step, row: Row, by_step: Mapping[str, Row]) -> bool:
    """Whether a way of this step leaves to the right, so that the word of one that goes down stands left of it."""
    return any(_leaves_right(target, row, by_step) for target in step.decision.values())


def _leaves_right(target: Target, row: Row, by_step: Mapping[str, Row]) -> bool:
    """To an end, or on to a row that is not the next one."""
    reached = by_step.get(target.step or "")
    below = reached is not None and (reached.page, reached.y) > (row.page, row.y + row.height)
    return bool(target.end) or below


def _between(leaving: _Leaving, reached: Row, aside: bool) -> Way:
    """Down to the next row through the line between; elsewhere by a track beside the lane, across no symbol."""
    row, begin, end = leaving.row, leaving.symbol, reached.symbols[0]
    bottom, top = row.y + row.height, end.y - SYMBOL_HEIGHT / 2
    # The next row: straight down, through the line between the two.
    if bottom == reached.y:
        # Where both stand in one lane, two of the four points are one; dict.fromkeys leaves them out.
        points = [(begin.x, begin.y + SYMBOL_HEIGHT / 2), (begin.x, bottom), (end.x, bottom), (end.x, top)]
        return Way(row.page, tuple(dict.fromkeys(points)), leaving.label, aside, leaving.added)
    side = 1 if end.x >= begin.x and reached.y > row.y else -1
    # 9 points leave room for an arrowhead beside the symbol; each further way of a decision has its track 4 beyond.
    track = begin.x + side * (SYMBOL_WIDTH / 2 + 9 + 4 * leaving.turn)
    # Ways down and ways up enter a row at different heights, so that they never lie on one another.
    above = reached.y + 4 if reached.y > row.y else reached.y + 3
    points = [
        (begin.x + side * SYMBOL_WIDTH / 2, begin.y),
        (track, begin.y),
        (track, above),
        (end.x, above),
        (end.x, top),
    ]
    return Way(row.page, tuple(points), leaving.label, added=leaving.added)


def _page_signs(leaving: _Leaving, reached: Row) -> list[PageSign]:
    # A page sign is 18 by 16 about its centre (chart/svg.py): 9 points keep it inside its row; a further way of the
    # same symbol has its sign beside the symbol, so that no arrow crosses it.
    row, x, y = leaving.row, leaving.symbol.x, leaving.row.y + leaving.row.height - 9
    if leaving.turn or leaving.added:
        x, y = x - SYMBOL_WIDTH / 2 - 11, leaving.symbol.y
    return [
        PageSign(row.page, x, y, reached.cells[0][0], leaving.label),
        PageSign(reached.page, reached.symbols[0].x, reached.y + 9, row.cells[0][0]),
    ]
