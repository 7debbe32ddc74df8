"""The libreqos driver as the agent sees it: neutral queues in, LibreQoS's two files written, readings out.

In the state directory: ``libreqos-inverse.json``, the way back of the last apply. What LibreQoS makes of the files it
does itself, later; until that is shown a rate is neither in force nor wrong.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inventory.admission import DIRECTIONS, Direction
from shaping.drivers.base import LibreQosAccess, Reading, Site
from shaping.drivers.libreqos.changes import digest, operations
from shaping.drivers.libreqos.circuits import LibreQosTag
from shaping.drivers.libreqos.folder import Folder, run_command, write_file
from shaping.drivers.libreqos.readings import FileComparison, reading
from shaping.drivers.libreqos.wanted import NOTHING, wanted_files
from shaping.drivers.libreqos.way_back import FilesBefore, files_before
from shaping.errors import ShapingError
from shaping.measuring import Use, uses
from shaping.plan import Plan, rate_lines
from shaping.queues import Key, Queue
from shaping.state import as_json, load

log = logging.getLogger(__name__)
FILE = "libreqos-inverse.json"
# Figures are averages of five minutes: asking Prometheus more often would show the same.
_AGAIN_SECONDS = 300.0


@dataclass
class LibreQosDriver:
    """The files of one LibreQoS. ``clock`` is Unix time; ``write`` and ``run`` change things; ``measure`` asks."""

    site: Site
    clock: Callable[[], float] = time.time
    measure: Callable[[str, int, float], Mapping[Key, Use]] = uses
    write: Callable[[Path, bytes], None] = write_file
    run: Callable[[Sequence[str]], None] = run_command
    _prepared: tuple[Plan, FileComparison] | None = None
    _measured: dict[int, tuple[float, Mapping[Key, Use]]] = field(default_factory=dict)

    def read(self, wanted: Sequence[Queue]) -> Reading:
        """Every queue as the files hold it, and whether LibreQoS has shown that it took it over."""
        return reading(self._compared(wanted), wanted, self._uses, self.clock())

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        """The rows and nodes that differ; reads both files."""
        comparison = self._compared(wanted)
        _refuse_strangers(comparison)
        places: dict[Direction, str] = {direction: self.site.place(direction) for direction in DIRECTIONS}
        changes = operations(comparison.state.ours, comparison.pair, places)
        plan = Plan(changes, (), False, digest(comparison.state, comparison.pair))
        self._prepared = (plan, comparison)
        return plan

    def plan_text(self, plan: Plan) -> Sequence[str]:
        """Rates before and after, the lines that change, what LibreQoS makes of them, and how to apply it."""
        if plan.empty:
            return ("nothing to do: LibreQoS's files are as the ledger says; verify says what it has read",)
        about: tuple[str, ...] = ()
        if self._prepared is not None and self._prepared[0] == plan:
            comparison = self._prepared[1]
            about = (*_hindrances(comparison), *comparison.notes, f"in {comparison.access.directory}")
            about += ("addresses of nobody pass LibreQoS unshaped; unmapped: has no effect here",)
        lines = [line for operation in plan.operations for line in operation.commands]
        last = f"{len(plan.operations)} operations; apply with: --plan {plan.hash}"
        return (*rate_lines(plan), *about, *lines, last)

    def apply(self, plan: Plan) -> bool:
        """Both files, then the reload; after a failure they are as before."""
        if self._prepared is None or self._prepared[0] != plan:
            raise ShapingError("libreqos: this plan is not the one that was read last; plan again")
        comparison, folder = self._prepared[1], self._folder
        if reasons := _hindrances(comparison):
            raise ShapingError(f"nothing was changed, because it would not be in force: {'; '.join(reasons[:3])}")
        with folder.alone():
            state = folder.read()
            if state.content != comparison.state.content:
                raise ShapingError("libreqos: its files have changed since this plan was read; plan again")
            self._keep(FilesBefore(plan.hash, len(plan.operations), state.ours))
            folder.replace(state, comparison.pair)
        return True

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        """What was written last stays."""
        last = self._last()
        if last is None or last.plan != plan.hash:
            raise ShapingError("libreqos: this plan is not the one that was applied last; plan again")
        self._keep(replace(last, confirmed=True))
        return f"{last.operations} operations stay, confirmed by {by}; verify says what LibreQoS has read of them"

    def undo(self) -> int:
        """Ours becomes what it was before the last apply, also another process's; others' lines stay."""
        last = self._last()
        if last is None:
            raise ShapingError("libreqos: nothing was applied from here; plan shows what differs")
        folder = self._folder
        with folder.alone():
            folder.replace(folder.read(), last.pair)
        self._way_back.unlink(missing_ok=True)
        return last.operations

    def panic(self) -> Sequence[str]:
        """Every row and node of ours away. Raises ShapingError where only LibreQoS's next reading opens the line."""
        folder = self._folder
        with folder.alone():
            state = folder.read()
            folder.replace(state, NOTHING)
        self._way_back.unlink(missing_ok=True)
        if not state.sheet.ours:
            return ()
        if not folder.access.reload:
            gone = f"libreqos: {len(state.sheet.ours)} rows were taken out; LibreQoS opens the line when it reads its"
            gone += f" files, within {folder.access.refresh_minutes:g} minutes"
            raise ShapingError(f"{gone}; at once: type on its machine: systemctl restart lqos_scheduler")
        return (f"{folder.access.directory}: {len(state.sheet.ours)} rows",)

    @property
    def _access(self) -> LibreQosAccess:
        if self.site.libreqos is None:
            step = "directory is LibreQoS's folder, /opt/libreqos/src as it comes"
            raise ShapingError(f"driver: libreqos needs libreqos: {{directory: ...}} in shaping.yaml; {step}")
        return self.site.libreqos

    @property
    def _folder(self) -> Folder:
        return Folder(self._access, LibreQosTag(self.site.uplink), self.write, self.run)

    @property
    def _way_back(self) -> Path:
        return self.site.state / FILE

    def _last(self) -> FilesBefore | None:
        return files_before(load(self._way_back))

    def _keep(self, before: FilesBefore) -> None:
        try:
            self.write(self._way_back, as_json(before.body))
        except OSError as error:
            raise ShapingError(f"{self._way_back}: {error.strerror}; nothing was changed") from error

    def _compared(self, wanted: Sequence[Queue]) -> FileComparison:
        state, access = self._folder.read(), self._access
        return FileComparison(access, state, wanted_files(self.site, access.core, wanted, state.ours))

    def _uses(self, seconds: int) -> Mapping[Key, Use]:
        """Asked again every five minutes; without figures nothing is measured, and that is the answer."""
        now = self.clock()
        at, figures = self._measured.get(seconds, (0.0, {}))
        if self.site.prometheus is None or now - at < _AGAIN_SECONDS:
            return figures
        try:
            figures = self.measure(self.site.prometheus, seconds, now)
        except ShapingError as error:
            log.warning("event=not_measured reason=%r", str(error))
            figures = {}
        self._measured[seconds] = (now, figures)
        return figures


def _hindrances(comparison: FileComparison) -> list[str]:
    return [f"in the way: {sentence}" for sentences in comparison.obstacles.values() for sentence in sentences]


def _refuse_strangers(comparison: FileComparison) -> None:
    """A row or node of somebody's that is called like one of ours: LibreQoS would take both for one, or neither."""
    ids = {row.circuit: opd for opd, row in comparison.pair.circuits.items()}
    for line in comparison.state.sheet.foreign:
        if line.cells.get("circuitid") in ids:
            step = "give it another id, or take it away; only rows with our comment are touched"
            raise ShapingError(f"the circuit {line.cells['circuitid']} is there and is not ours; {step}")
    if names := sorted(comparison.state.tree.names & comparison.pair.nodes.keys()):
        raise ShapingError(f"the node {names[0]} is in network.json and is not ours; give it another name")
