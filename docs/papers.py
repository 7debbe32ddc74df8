"""The reference page of papers: what every folder of ``request_tracker/letters`` says of itself in, a table out."""

from collections.abc import Iterator

from request_tracker.letters.press.kinds import CasePaper, PaperKind
from request_tracker.letters.registry import KINDS, paper_of
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.people.roles import ACTS, ROLE_NAMES
from request_tracker.sop.model import Document, Step

INTRODUCTION = """# Papers

A kind of paper is one folder of `request_tracker/letters/`; this table is what the folders say of themselves. The words
are those of an SOP file (`templat` or `otomatis` of a document). An office's own template goes before the tracker's
where it has the same name: `surat.docx` for Word, the name in the table for PDF. To add a paper, see
[CONTRIBUTING](../../CONTRIBUTING.md).
"""


def papers_page() -> str:
    """Every kind of paper in a table, those of cases first."""
    head = ["| paper | words | steps that make it | frozen | read by | forms | template | folder |", "|" + "---|" * 8]
    kinds = sorted(KINDS, key=lambda named: not isinstance(named[1], CasePaper))
    return "\n".join([INTRODUCTION, *head, *(_row(folder, kind) for folder, kind in kinds), ""])


def _row(folder: str, kind: PaperKind) -> str:
    forms = ", ".join(kind.forms)
    who = "everybody" if kind.act is None else _readers(kind.act)
    name = f"{kind.name.indonesian} ({kind.name.english})"
    if not isinstance(kind, CasePaper):
        return f"| {name} | – | none: made when asked for | never | {who} | {forms} | – | `{folder}` |"
    words = ", ".join(f"`{word}`" for word in kind.words)
    steps = ", ".join(dict.fromkeys(step.id for step, _ in _making(kind))) or "none: offered by itself"
    return f"| {name} | {words} | {steps} | {_frozen(kind)} | {who} | {forms} | `{kind.sheet.template}` | `{folder}` |"


def _making(kind: CasePaper) -> Iterator[tuple[Step, Document]]:
    """The steps of the shipped SOPs whose document this paper is."""
    for sop in sorted(shipped_sops(), key=lambda sop: sop.code):
        for step in sop.steps.values():
            for document in (sop.documents[key] for key in step.outputs if key not in step.requires):
                if paper_of(sop, document.template or document.automatic) is kind:
                    yield step, document


def _frozen(kind: CasePaper) -> str:
    """What of the paper stays as it was, and since when."""
    making = list(_making(kind))
    if any(document.signatures for _, document in making):
        return "the PDF, when all parties have signed"
    if any(document.automatic for _, document in making):
        return "its figures, when the step is signed"
    if kind.closes:
        return "its figures, when the outage is over"
    return "its figures, when an allocation is applied" if kind.measurement else "never"


def _readers(act: str) -> str:
    return ", ".join(sorted(ROLE_NAMES[role].english for role in ACTS[act].roles))
