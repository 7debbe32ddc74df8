"""The actions of SOP steps: words in, what stands behind them out. The registry is this folder.

Every module here but ``action`` holds one ``ACTION``; a new one is a new file and nothing else.
"""

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType

from request_tracker.cases.actions.action import Action
from request_tracker.errors import Refused
from request_tracker.sop.model import Step

INTERFACE = "action"


def _actions() -> Iterator[Action]:
    for module in pkgutil.iter_modules(__path__):
        if module.name != INTERFACE:
            action: Action = import_module(f"{__name__}.{module.name}").ACTION
            yield action


def _by_word(actions: Iterable[Action]) -> Mapping[str, Action]:
    by_word: dict[str, Action] = {}
    for action in actions:
        if action.word in by_word:
            # At import, so that a program with such a folder does not even start.
            raise TypeError(f"two actions are called {action.word}; every word of an SOP has one action")
        by_word[action.word] = action
    return MappingProxyType(by_word)


ACTIONS: Mapping[str, Action] = _by_word(_actions())


def action_of(word: str) -> Action:
    """The action behind a word. An approved SOP may name one that this version lacks: Refused, never silence."""
    if word not in ACTIONS:
        raise Refused("unknown_action", word=word)
    return ACTIONS[word]


def actions_of(step: Step) -> tuple[Action, ...]:
    """The actions of a step, in the SOP's order."""
    return tuple(action_of(word) for word in step.actions)


def own_act(step: Step) -> bool:
    """True where an action of the step asks for a signature of its own: not together, by reading or from paper."""
    return any(action.own_act for action in actions_of(step))


def tells_requester(words: Iterable[str]) -> bool:
    """True where one of these actions tells the requester of the finished step."""
    return any(action_of(word).tells_requester for word in words)


def end_notice(words: Iterable[str], usual: str) -> str:
    """Which message goes out at an end with these actions."""
    return next((notice for word in words if (notice := action_of(word).end_notice)), usual)
