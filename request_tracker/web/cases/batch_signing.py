"""Signing together (BTM-12, BTM-13): the digest of what an official only receives, ticks, one button.

Every case is an act of its own, with all that follows it: one that is refused is told and stops no other. The same
form sent again signs nothing twice, because every line names the version that was seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Response, g, make_response, render_template
from werkzeug.exceptions import NotFound

from request_tracker.cases import Sign
from request_tracker.errors import NotStored, Refused
from request_tracker.letters.cover import COVER, cover
from request_tracker.letters.press.forms import FORMS, set_paper
from request_tracker.notifications.signing_digest import AT_ONCE, SigningBatch, batches
from request_tracker.people.accounts import name_of
from request_tracker.web.cases.act_form import NOTE
from request_tracker.web.shell.access import me, needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, chosen_act, read_values, sent_list, shown, typed_form
from request_tracker.web.shell.form_values import FormPage
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup
from request_tracker.web.shell.signing import SentForm, act_on
from request_tracker.words.bilingual import Both

pages = PageGroup("batch_signing", __name__)
TOGETHER = pages.declare(
    DeclaredForm(
        name="sign-together",
        address="/bersama/<code>/<step>",
        title=Both("Tanda tangan bersama", "Sign together"),
        fields=(
            replace(NOTE, indonesian="Catatan untuk semua yang ditandatangani", english="Note for all that are signed"),
        ),
    )
)


@dataclass(frozen=True)
class Chosen:
    """One ticked line: which case, in which lane, and which state of it the official saw."""

    number: str
    lane: str
    version: int


@dataclass(frozen=True)
class SigningResult:
    """What became of one case; ``problem`` is None where it was signed. ``stored``: the machine could write."""

    number: str
    problem: str | None
    stored: bool = True


@pages.get("/bersama")
@pages.menu(MenuGroup.WORK, 30, ("Bersama", "Together"), "sign_together")
@needs("sign_together")
def listing() -> str:
    """What waits for me and needs no more than reading and signing."""
    return _page(())


@pages.post("/bersama/<code>/<step>")
@needs("sign_together")
def sign(code: str, step: str) -> str | Response | tuple[str, int]:
    """Sign the ticked cases, each by its own command; or set the cover report over them."""
    act = chosen_act()
    chosen = _chosen("ada" if act == "all" else "kasus")
    if act in COVER.forms:
        return _cover(code, step, {choice.number for choice in chosen}, act)
    try:
        note = read_values(TOGETHER).sound().text("note")
    except Refused as error:
        return _page((), step=step, error=error), error.form_status
    results = tuple(_signed(choice, step, note) for choice in chosen)
    # Not a success where something was not stored: the same form may then be sent again for the rest.
    status = 200 if all(result.stored for result in results) else NotStored.status
    return _page(results, nothing=not chosen, step=step), status


def _page(
    results: tuple[SigningResult, ...], nothing: bool = False, step: str = "", error: Refused | None = None
) -> str:
    """The batches; where a form of ``step`` was refused or signed nothing, with the note and the ticks it had."""
    groups, again = batches(office().desk, me().who.acting_roles, now()), nothing or error is not None
    forms: dict[str, FormPage] = {batch.step.id: shown(TOGETHER) for batch in groups}
    if again:
        forms[step] = replace(shown(TOGETHER, error), values=typed_form())
    return render_template(
        "batch_signing.html",
        batches=groups,
        results=results,
        nothing=nothing,
        forms=forms,
        ticked=frozenset(sent_list("kasus")) if again else frozenset(),
    )


def _signed(choice: Chosen, step: str, note: str) -> SigningResult:
    try:
        act_on(choice.number, Sign(step, note, lane=choice.lane), SentForm(choice.version))
    except Refused as error:
        return SigningResult(choice.number, error.text(g.language), not isinstance(error, NotStored))
    return SigningResult(choice.number, None)


def _chosen(field: str) -> list[Chosen]:
    choices = []
    for text in sent_list(field)[:AT_ONCE]:
        number, _, rest = text.partition("|")
        lane, _, version = rest.partition("|")
        # Python refuses to read thousands of digits as a number; no case has so many events.
        if version.isdecimal() and len(version) < 12:
            choices.append(Chosen(number, lane, int(version)))
    return choices


def _cover(code: str, step: str, numbers: set[str], form: str) -> Response:
    """The cover report over the ticked cases, or over all of the step where none is ticked."""
    here = office()
    batch = next(
        (b for b in batches(here.desk, me().who.acting_roles, now()) if (b.sop.code, b.step.id) == (code, step)), None
    )
    if batch is None:
        raise NotFound
    made = cover(_only(batch, numbers), here.config.office, here.desk.calendar.local(now()), _name, _opd())
    content = set_paper(made, form, here.config.templates)
    disposition = f'attachment; filename="{made.file}.{form}"'
    return make_response(content, 200, {"Content-Type": FORMS[form].mime, "Content-Disposition": disposition})


def _only(batch: SigningBatch, numbers: set[str]) -> SigningBatch:
    return replace(batch, cases=tuple(case for case in batch.cases if case.number in numbers)) if numbers else batch


def _name(reference: str | None) -> str:
    return name_of(office().desk.store, reference)


def _opd() -> Callable[[str | None], str]:
    names = {opd.code: opd.name for opd in office().desk.city.opds}
    return lambda code: names.get(code or "", code or "–")
