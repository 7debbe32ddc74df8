"""The forms of a case's page as values: an act and what was refused of it in, its fields and faults out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from request_tracker.cases import Allocation, Case, Possible
from request_tracker.cases.actions.apply_allocation import leads_to_allocation
from request_tracker.cases.proposal import GRANTED, IN_PART, REFUSED
from request_tracker.cases.proposing import proposed_at, proposes
from request_tracker.cases.signing import formal
from request_tracker.evidence.usage import Evidence
from request_tracker.ledger.allocation import AllocationProposal
from request_tracker.sop.fields import Field
from request_tracker.sop.model import Sop, Step
from request_tracker.web.cases.act_form import act_fields
from request_tracker.web.cases.paper_dispositions import sheet_fields
from request_tracker.web.cases.proposal_form import asked_for, field_values
from request_tracker.web.shell.form_values import FormPage
from request_tracker.words.bilingual import Both


class ActFigures(Protocol):
    """What the forms need of ``CaseFigures``: drafts by step, the rates asked for, the evidence."""

    @property
    def drafts(self) -> Mapping[str, Mapping[str, str]]: ...  # As the class says.

    @property
    def wanted(self) -> Allocation | None: ...  # As the class says.

    @property
    def evidence(self) -> Evidence | None: ...  # As the class says.


@dataclass(frozen=True, kw_only=True)
class RefusedAct:
    """A form of the page that was refused: of which step or act, why, what had been filled in, what is wrong where.

    ``problem`` is of the whole form, and None where its ``faults`` say all, by the key of their field.
    """

    step: str
    problem: str | None
    typed: Mapping[str, str]
    faults: Mapping[str, Both] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DecisionChoice:
    """One decision to choose: what the form sends, the SOP's word, and what it means for a request."""

    value: str
    label: str
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenAct:
    """One act open to the viewer, as its form stands; ``signs``: his name comes under a paper of both parties.

    ``number`` is what stands in the fields of the allocation's number where he may set it. ``page`` is the form with
    its faults.
    """

    act: Possible
    page: FormPage
    typed: Mapping[str, str]
    draft: Mapping[str, str]
    signs: bool
    choices: tuple[DecisionChoice, ...]
    number: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PaperSheet:
    """A step whose decision may be recorded from paper, with what had been filled in; ``number`` as in ``OpenAct``."""

    step: Step
    page: FormPage
    typed: Mapping[str, str]
    proposes: bool
    number: Mapping[str, str]


def open_act(act: Possible, case: Case, sop: Sop, figures: ActFigures, refused: RefusedAct | None) -> OpenAct:
    """One act as its form stands; with what was refused of it, where this form was."""
    here = refused if refused is not None and refused.step == act.step.id else None
    return OpenAct(
        act=act,
        page=refused_page(act_fields(act), here),
        typed=here.typed if here else {},
        draft=figures.drafts.get(act.step.id, {}),
        signs=bool(formal(sop, act.step, act.lane)),
        choices=tuple(choice for label in act.decisions for choice in _choices(act, sop, label)),
        number=field_values(_begun_with(act, case, sop, figures)),
    )


def paper_sheet(step: Step, case: Case, sop: Sop, figures: ActFigures, refused: RefusedAct | None) -> PaperSheet:
    """The form that records a decision from paper."""
    here = refused if refused is not None and refused.step == step.id else None
    sets = case.opd is not None and proposes(sop, step)
    begins = sets and (case.proposal is not None or step.id == proposed_at(sop))
    number = field_values(asked_for(case, figures.wanted) if begins else None)
    typed = here.typed if here else {}
    page = refused_page(sheet_fields(sets), here)
    return PaperSheet(step=step, page=page, typed=typed, proposes=sets, number=number)


def refused_page(fields: tuple[Field, ...], refused: RefusedAct | None) -> FormPage:
    """A form's fields with what was typed and what is wrong; empty where it was not refused."""
    if refused is None:
        return FormPage(fields=fields, values={})
    return FormPage(fields=fields, values=refused.typed, faults=refused.faults)


def _choices(act: Possible, sop: Sop, label: str) -> tuple[DecisionChoice, ...]:
    """The SOP's word; where it grants a request, once for the whole and once for a part."""
    if not act.proposes:
        return (DecisionChoice(value=label, label=label),)
    if not leads_to_allocation(sop, act.step.decision[label]):
        return (DecisionChoice(value=label, label=label, outcome=REFUSED),)
    extents = (("seluruhnya", GRANTED), ("sebagian", IN_PART))
    return tuple(DecisionChoice(value=f"{label}|{extent}", label=label, outcome=word) for extent, word in extents)


def _begun_with(act: Possible, case: Case, sop: Sop, figures: ActFigures) -> AllocationProposal | None:
    """What the fields begin with: nothing before the step that proposes, nor where the line cannot carry the wish."""
    full = figures.evidence is not None and figures.evidence.verdict == "belum_disarankan"
    begins = act.step.id == proposed_at(sop) and not full
    return asked_for(case, figures.wanted) if act.proposes and (begins or case.proposal) else None
