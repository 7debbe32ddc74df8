"""X-LNG: every text the tracker shows has its English partner: refusals, codes that stand in data, templates."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from jinja2 import Environment, nodes

import request_tracker
from request_tracker.cases.model import NOTE_KINDS
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.sop.forms import FORMS, OPENING
from request_tracker.words.labels import _WORDS
from request_tracker.words.message_words import MESSAGES
from request_tracker.words.refusals import REFUSALS

ROOM = Path(request_tracker.__file__).parent
TEMPLATES = sorted((ROOM / "web").rglob("templates/*.html"))
assert TEMPLATES, "no template found: the tests below would prove nothing"
REFUSING = frozenset({"Refused", "BadForm", "Conflict", "NoData"})
# Rooms whose exceptions a page shows; TrackerError is for terminals, configuration, templates and the API.
SHOWN = (
    *("letters/agenda.py", "store/upload_check.py", "ledger", "reports/survey.py"),
    *("cases", "people", "sop/forms.py", "web"),
)
FOR_MACHINES = frozenset(
    {
        *("cases/proofs.py", "people/privacy.py", "people/sessions.py"),
        *("web/api/calls.py", "web/shell/serving.py", "web/accounts/single_sign_on.py"),
    }
)
WORDS = re.compile(r"[a-z]{2}")
# The same in both languages: names of things, and abbreviations.
SAME = frozenset({"Agenda", "Audit", "Status", "lebarpita", "No", "sha256", "Uplink", "Mbit/s", "wall", "internal"})


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOM.rglob("*.py")):
        yield str(path.relative_to(ROOM)), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module, names: frozenset[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """What a module puts into each name."""
    found: dict[str, list[ast.expr]] = {}
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Assign)):
        for target in node.targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(node.value)
    return found


def in_one_language(value: ast.expr, known: dict[str, list[ast.expr]]) -> bool:
    """True for a text written out, plain or with values in it, or for a name that was given one."""
    if isinstance(value, ast.Name):
        return any(in_one_language(one, {}) for one in known.get(value.id, ()))
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return any(isinstance(p, ast.Constant) and isinstance(p.value, str) and WORDS.search(p.value) for p in parts)


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_X_LNG_every_refusal_in_the_source_has_both_languages_and_its_values() -> None:
    found, seen = [], set()
    for place, tree in sources():
        known_names = assigned(tree)
        for call in calls(tree, REFUSING):
            at = f"{place}:{call.lineno}"
            words = ast.walk(call.args[0]) if call.args else ()
            codes: list[Any] = [one.value for one in words if isinstance(one, ast.Constant)]
            known = [code for code in codes if code in REFUSALS]
            seen |= set(known)
            if isinstance(call.args[0] if call.args else None, ast.Constant):
                given = {key.arg for key in call.keywords}
                found += [f"{at} {c}: no such refusal" for c in codes if c not in REFUSALS]
                found += [f"{at} {c}: has {given}" for c in known if gaps(REFUSALS[c][0]) != given]
            found += [
                f"{at} {key.arg} is in one language" for key in call.keywords if in_one_language(key.value, known_names)
            ]
    assert not found, found
    assert len(seen) > 60


def test_X_LNG_what_a_page_shows_is_never_an_exception_in_one_language() -> None:
    found = [
        f"{place}:{call.lineno}"
        for place, tree in sources()
        if place.startswith(SHOWN) and place not in FOR_MACHINES
        for call in calls(tree, frozenset({"TrackerError"}))
    ]
    assert not found, found


def test_X_LNG_every_pair_is_two_texts_with_the_same_gaps() -> None:
    for code, (indonesian, english) in {**REFUSALS, **MESSAGES}.items():
        assert indonesian and english and indonesian != english, code
        assert gaps(indonesian) == gaps(english), code
    assert all(all(pair) for pair in (*_WORDS.values(), *ROLE_NAMES.values()))
    for field in (field for fields in (*OPENING.values(), *FORMS.values()) for field in fields):
        assert field.indonesian and field.english, field.key


def test_X_LNG_every_code_that_data_holds_has_its_words() -> None:
    steps = [step for sop in shipped_sops() for step in sop.steps.values()]
    codes = {label for step in steps for label in step.decision or ()} | {r for step in steps for r in step.pauses}
    codes |= {target.end for step in steps for target in step.targets if target.end}
    codes |= {choice for fields in (*OPENING.values(), *FORMS.values()) for f in fields for choice in f.choices}
    codes |= NOTE_KINDS | {kind for _, tree in sources() for kind in written(tree)}
    assert not sorted(codes - set(_WORDS))


def written(tree: ast.Module) -> Iterator[str]:
    """The kinds of events a module writes."""
    for call in calls(tree, frozenset({"Draft"})):
        if call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)


class Plain(HTMLParser):
    """What stands in a page for a person: its texts, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ("input", "meta", "link", "img", "br") and (
            self._foreign or tag in ("code", "svg", "style") or given.get("lang") == "id"
        ):
            self._foreign.append(tag)
        if not self._foreign and tag != "html":
            self.texts += [given[key] or "" for key in ("alt", "title", "aria-label", "placeholder") if key in given]

    def handle_endtag(self, tag: str) -> None:
        if self._foreign:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self._foreign:
            self.texts.append(data)


def read(html: str) -> list[str]:
    parser = Plain()
    parser.feed(html)
    return parser.texts


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_X_LNG_a_template_writes_no_text_but_pairs(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    told = " ".join(read(re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", " ", source, flags=re.DOTALL)))
    bare = [word for word in re.findall(r"[A-Za-z0-9/-]+", told) if WORDS.search(word) and word not in SAME]
    assert not bare, bare
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        texts = [one.value for one in call.args if isinstance(one, nodes.Const)]
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and len(texts) == 2:
            assert all(texts) and (texts[0] != texts[1] or texts[0] in SAME), (path.name, texts)
