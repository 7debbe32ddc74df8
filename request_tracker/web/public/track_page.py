"""Finding one's sending again: by its number and the word chosen for it, or by its link sent to the given contact.

No answer says whether there is such a number. Wrong words slow down who sends them, as wrong passwords do.
"""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import NotStored, Refused
from request_tracker.inbox.tracking import link_of, reached_by, send_link, sending_of, word_fits
from request_tracker.people.throttle import Origin, TryCount, count_failure, counts_of, forgive, waiting
from request_tracker.sop.fields import Field
from request_tracker.web.public.link_places import link_key
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, read_values, shown
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.origin import place_of_sender
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("track", __name__, Conduct(limits=(PASSWORD_LIMIT,)))
# A link or a code that is pasted, a number, a word: each with some room around it.
MAX_LINK, MAX_NUMBER, MAX_WORD = 300, 40, 80
# Before the number in the name that wrong words are counted by, so that no account is slowed down by them.
TRIES = "lacak "
Answer = str | Response | tuple[str, int]
BY_WORD = pages.declare(
    DeclaredForm(
        name="track-by-word",
        address="/lacak/nomor",
        title=Both("Lacak dengan nomor dan kata lacak", "Track by number and tracking word"),
        fields=(
            Field(
                "number",
                "Nomor pada tanda terima",
                "Number on the receipt",
                longest=MAX_NUMBER,
                hint=Both(
                    "TT-12, atau nomor kasus seperti PKL-BW/2026/000012",
                    "TT-12, or a case number such as PKL-BW/2026/000012",
                ),
                fills="off",
            ),
            Field("word", "Kata lacak yang Anda pilih", "The tracking word you chose", longest=MAX_WORD, fills="off"),
        ),
    )
)
BY_LINK = pages.declare(
    DeclaredForm(
        name="track-by-link",
        address="/lacak",
        title=Both("Lacak dengan tautan rahasia", "Track by the secret link"),
        fields=(Field("token", "Tempel tautan dari tanda terima", "Paste the link of your receipt", longest=MAX_LINK),),
    )
)
LINK_AGAIN = pages.declare(
    DeclaredForm(
        name="track-link-again",
        address="/lacak/kirim-tautan",
        title=Both("Kirim tautannya lagi", "Send the link again"),
        fields=(Field("number", "Nomor kiriman", "Number of what you sent", longest=MAX_NUMBER, fills="off"),),
    )
)


@pages.get("/lacak")
@seen_by(Audience.EVERYBODY, "where one's own sending is found again; nothing is shown without its word or link")
@pages.menu(MenuGroup.VISITORS, 15, ("Lacak", "Track"))
def page() -> str:
    """The three ways: number and word, the pasted link, the link sent again."""
    return _page()


@pages.post("/lacak")
@seen_by(Audience.EVERYBODY, "a pasted secret link leads to its page")
def find() -> Answer:
    """From a pasted link or code to its page."""
    try:
        pasted = read_values(BY_LINK).sound().text("token")
    except Refused as error:
        return _page(BY_LINK, error), error.form_status
    # People paste the whole link as well as the code at its end, and the receipt's address too.
    token = pasted.removesuffix("/tanda-terima").rpartition("/")[2].partition("?")[0][:MAX_WORD]
    return redirect(url_for("requester_page.page", token=token or "-"))


@pages.post("/lacak/nomor")
@seen_by(Audience.EVERYBODY, "the number with its word opens what the receipt's link opens")
def by_word() -> Answer:
    """To the page of the number, where the word is the one chosen for it."""
    try:
        typed = read_values(BY_WORD).sound()
        return redirect(url_for("requester_page.page", token=_fitting(typed.text("number"), typed.text("word"))), 303)
    except NotStored:
        raise
    except Refused as error:
        return _page(BY_WORD, error), error.form_status


def _fitting(number: str, word: str) -> str:
    """The link's token of a number whose word this is. Raises Refused, and counts the try, where it is not."""
    desk, counts = office().desk, _counts(number)
    sending = sending_of(desk, number)
    # Both are looked at in any case, so that no answer comes sooner than another.
    held_up, fits = waiting(desk.store, counts, now()), word_fits(desk, link_key(), sending, word, now())
    with desk.store.transaction() as db:
        if fits and sending is not None and not held_up:
            forgive(desk.store, db, counts)
            return link_of(link_key(), sending)
        if not held_up:
            count_failure(desk.store, db, counts, now())
    raise Refused("unknown_tracking")


@pages.post("/lacak/kirim-tautan")
@seen_by(Audience.EVERYBODY, "the link goes to the contact given with the number, and to nobody else")
def send() -> Answer:
    """Have the link sent to the contact of the number; the answer is the same where there is no such number."""
    desk = office().desk
    try:
        number = read_values(LINK_AGAIN).sound().text("number")
    except Refused as error:
        return _page(LINK_AGAIN, error), error.form_status
    sending = sending_of(desk, number)
    contact = reached_by(desk, sending, frozenset(office().config.channels)) if sending else None
    with desk.store.transaction() as db:
        if sending is not None and contact is not None:
            send_link(db, desk, sending, contact["id"], now())
    return _page(number=number, sending=True)


def _counts(number: str) -> tuple[TryCount, ...]:
    return counts_of(TRIES + " ".join(number.upper().split()), Origin(place_of_sender()))


def _page(
    refused: DeclaredForm | None = None, error: Refused | None = None, number: str = "", sending: bool = False
) -> str:
    """The three forms; ``number``: of which the link was asked for, and ``sending``: that it is on its way."""
    begin = {"number": number}
    forms = {
        form.name: shown(form, error if form is refused else None, begin) for form in (BY_WORD, BY_LINK, LINK_AGAIN)
    }
    return render_template("track.html", forms=forms, sending=sending)
