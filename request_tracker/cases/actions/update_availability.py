"""``perbarui_daftar_kesediaan``: the list of available bandwidth is a view of the ledger and follows by itself. Pure.

The act is the ledger's (KTM-07b): the word says on the step that the list changes with it, and is refused where no
allocation changes anything.
"""

from collections.abc import Iterable

from request_tracker.cases.actions.action import Action, CaseCourse, Finish
from request_tracker.cases.actions.apply_allocation import applies
from request_tracker.cases.model import Case
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

WORD = "perbarui_daftar_kesediaan"


class UpdateAvailability(Action):
    """The list of available bandwidth holds the new allocation."""

    word = WORD
    name = Both("perbarui daftar kesediaan", "bring the list of available bandwidth up to date")
    own_act = False

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs ``terapkan_alokasi`` on the same step: the list shows the ledger, and nothing else changes it."""
        if not applies(step):
            yield f"{WORD} changes nothing without terapkan_alokasi on the same step; the list follows the ledger"

    def completes(self, course: CaseCourse, step: Step, finish: Finish) -> bool:
        """Only when the case has written the ledger, which is what the list shows."""
        if course.case.applied is None:
            raise Refused("use_apply", step=step.id)
        return True

    def shows(self, case: Case, step: Step) -> Both:
        """That the list follows."""
        return Both(
            "Daftar kesediaan bandwidth ikut berubah begitu alokasi tercatat.",
            "The list of available bandwidth follows as soon as the allocation is recorded.",
        )


ACTION: Action = UpdateAvailability()
