"""The words of an SOP file that something else must implement: a vocabulary in, every word without a meaning out. Pure.

An SOP names actions (``tindakan``, ``otomatis``) and papers (``templat``). Who implements them stands above this
package and hands the vocabulary in; there is none that accepts everything.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from request_tracker.sop.model import Sop, Step, Target

Path = tuple[str | int, ...]


class Word(Protocol):
    """What the check asks of an action: where its word may stand, and what is wrong where it can do nothing."""

    at_end: bool
    measures: bool

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """One sentence for each reason why the word could do nothing at this step."""


@dataclass(frozen=True)
class Vocabulary:
    """``actions`` by word; ``papers`` are the templates that a paper can be made from."""

    actions: Mapping[str, Word]
    papers: Collection[str]


def unknown_words(sop: Sop, vocabulary: Vocabulary) -> Iterable[tuple[Path, str]]:
    """Every word without a meaning, with its path in the file."""
    for index, step in enumerate(sop.steps.values()):
        here: Path = ("langkah", index)
        for number, word in enumerate(step.actions):
            if word not in vocabulary.actions:
                yield (*here, "tindakan", number), f"{step.id}: {_no_action(word, vocabulary)}"
        yield from _at_ends(step, here, vocabulary)
    for key, document in sop.documents.items():
        if document.automatic and not _measures(document.automatic, vocabulary):
            names = ", ".join(sorted(word for word, action in vocabulary.actions.items() if action.measures))
            message = f"dokumen {key}: no action measures {document.automatic!r}; these do: {names}"
            yield ("dokumen", key, "otomatis"), message
        if document.template and document.template not in vocabulary.papers:
            names = ", ".join(sorted(vocabulary.papers))
            yield ("dokumen", key, "templat"), f"dokumen {key}: no paper {document.template!r}; there are {names}"


def idle_words(sop: Sop, vocabulary: Vocabulary) -> Iterable[tuple[int, str]]:
    """Every word that could do nothing where it stands, with the step's line; all words are known by now."""
    for step in sop.steps.values():
        for word in step.actions:
            for fault in vocabulary.actions[word].faults(sop, step):
                yield step.line, f"{step.id}: {fault}"
        for key in step.outputs:
            word = sop.documents[key].automatic or ""
            if word and key not in step.requires and word not in step.actions:
                yield step.line, f"{step.id}: makes {key!r}, which {word} measures; name it in tindakan"


def _at_ends(step: Step, here: Path, vocabulary: Vocabulary) -> Iterable[tuple[Path, str]]:
    ways: list[tuple[Path, Target]] = [(("ke",), step.next)] if step.next else []
    ways += [(("keputusan", label), target) for label, target in step.decision.items()]
    for way, target in ways:
        for number, word in enumerate(target.actions):
            action = vocabulary.actions.get(word)
            place = (*here, *way, "tindakan", number)
            if action is None:
                yield place, f"{step.id}: {_no_action(word, vocabulary)}"
            elif not action.at_end:
                yield place, f"{step.id}: {word} does nothing at an end; name it in tindakan of a step"


def _measures(word: str, vocabulary: Vocabulary) -> bool:
    return word in vocabulary.actions and vocabulary.actions[word].measures


def _no_action(word: str, vocabulary: Vocabulary) -> str:
    return f"{word!r} is not an action; the actions are {', '.join(sorted(vocabulary.actions))}"
