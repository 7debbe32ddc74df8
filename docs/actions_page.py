"""The reference page of the words of ``tindakan``: the actions' docstrings and the shipped SOPs in, Markdown out."""

import inspect
from collections.abc import Iterable

from request_tracker.cases.actions import ACTIONS
from request_tracker.cases.actions.action import Action
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.sop.model import Sop

HEAD = """# Actions of SOP steps

The words that `tindakan` of an SOP file may hold, and `otomatis` of a document. Each is one file in
`request_tracker/cases/actions/`; a word without a file, and a word that could do nothing where it stands, is an error
of `lebarpita-tracker sop check FILE` with file and line; [why](../why/sop-words.md).

"""
ROWS = (
    ("asks of its step", "faults"),
    ("when the step begins", "starts"),
    ("lets the step end", "completes"),
    ("the signer reads", "shows"),
    ("freezes into the case", "measure"),
)


def actions_page() -> str:
    """Every action by its word, with the steps of the shipped SOPs that use it."""
    sops = shipped_sops()
    return HEAD + "\n".join(_section(action, sops) for _, action in sorted(ACTIONS.items()))


def _section(action: Action, sops: Iterable[Sop]) -> str:
    lines = [f"## `{action.word}`\n", f"*{action.name.english}*: {_said(type(action).__doc__)}\n", "| | |", "|---|---|"]
    lines += [f"| {title} | {_method(action, name)} |" for title, name in ROWS if name in vars(type(action))]
    lines += [f"| {title} | {text} |" for title, text in _marks(action)]
    return "\n".join([*lines, f"| used by | {', '.join(_users(action.word, sops)) or 'no shipped SOP'} |", ""])


def _marks(action: Action) -> Iterable[tuple[str, str]]:
    signed = "each case for itself" if action.own_act else "also together with others, by reading or from paper"
    yield "its step is signed", signed
    if action.measures:
        yield "as `otomatis`", "makes the document when the step is signed"
    if action.at_end:
        yield "at an end (`akhir`)", "yes"
    if action.commands:
        yield "answers the commands", ", ".join(f"`{command.__name__}`" for command in action.commands)


def _users(word: str, sops: Iterable[Sop]) -> Iterable[str]:
    for sop in sops:
        for step in sop.steps.values():
            if word in step.actions:
                yield step.id
            yield from (f"{step.id} ({target.end})" for target in step.targets if word in target.actions)
        yield from (f"{sop.code} `{key}`" for key, document in sop.documents.items() if document.automatic == word)


def _method(action: Action, name: str) -> str:
    return _said(getattr(type(action), name).__doc__)


def _said(docstring: str | None) -> str:
    return " ".join(inspect.cleandoc(docstring or "").replace("``", "`").replace("|", "\\|").split())
