"""Finding one's sending again: by its number and the word chosen for it, or by its link sent to the given contact.

No answer says whether there is such a number. Wrong words slow down who sends them, as wrong passwords do.
"""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import Refused
from request_tracker.inbox.tracking import link_of, reached_by, send_link, sending_of, word_fits
from request_tracker.people.throttle import Origin, TryCount, count_failure, counts_of, forgive, waiting
from request_tracker.web.public.link_places import link_key
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.origin import place_of_sender
from request_tracker.web.shell.pages import PASSWORD_LIMIT, Conduct, PageGroup

pages = PageGroup("track", __name__, Conduct(limits=(PASSWORD_LIMIT,)))
# A link or a code that is pasted, a number, a word: each with some room around it.
MAX_LINK, MAX_NUMBER, MAX_WORD = 300, 40, 80
# Before the number in the name that wrong words are counted by, so that no account is slowed down by them.
TRIES = "lacak "


@pages.get("/lacak")
@seen_by(Audience.EVERYBODY, "where one's own sending is found again; nothing is shown without its word or link")
@pages.menu(MenuGroup.VISITORS, 15, ("Lacak", "Track"))
def page() -> str:
    """The three ways: number and word, the pasted link, the link sent again."""
    return _page()


@pages.post("/lacak")
@seen_by(Audience.EVERYBODY, "a pasted secret link leads to its page")
def find() -> Response:
    """From a pasted link or code to its page."""
    # People paste the whole link as well as the code at its end, and the receipt's address too.
    pasted = request.form.get("token", "").strip()[:MAX_LINK].removesuffix("/tanda-terima")
    token = pasted.rpartition("/")[2].partition("?")[0][:MAX_WORD]
    return redirect(url_for("requester_page.page", token=token or "-"))


@pages.post("/lacak/nomor")
@seen_by(Audience.EVERYBODY, "the number with its word opens what the receipt's link opens")
def by_word() -> Response | tuple[str, int]:
    """To the page of the number, where the word is the one chosen for it."""
    number, word = request.form.get("number", "").strip()[:MAX_NUMBER], request.form.get("word", "")[:MAX_WORD]
    desk, counts = office().desk, _counts(number)
    sending = sending_of(desk, number)
    # Both are looked at in any case, so that no answer comes sooner than another.
    held_up, fits = waiting(desk.store, counts, now()), word_fits(desk, link_key(), sending, word, now())
    with desk.store.transaction() as db:
        if fits and sending is not None and not held_up:
            forgive(desk.store, db, counts)
            return redirect(url_for("requester_page.page", token=link_of(link_key(), sending)), 303)
        if not held_up:
            count_failure(desk.store, db, counts, now())
    return _page(Refused("unknown_tracking").text(g.language), number), 422


@pages.post("/lacak/kirim-tautan")
@seen_by(Audience.EVERYBODY, "the link goes to the contact given with the number, and to nobody else")
def send() -> str:
    """Have the link sent to the contact of the number; the answer is the same where there is no such number."""
    desk, number = office().desk, request.form.get("number", "").strip()[:MAX_NUMBER]
    sending = sending_of(desk, number)
    contact = reached_by(desk, sending, frozenset(office().config.channels)) if sending else None
    with desk.store.transaction() as db:
        if sending is not None and contact is not None:
            send_link(db, desk, sending, contact["id"], now())
    return _page(number=number, sent=True)


def _counts(number: str) -> tuple[TryCount, ...]:
    return counts_of(TRIES + " ".join(number.upper().split()), Origin(place_of_sender()))


def _page(problem: str | None = None, number: str = "", sent: bool = False) -> str:
    return render_template("track.html", problem=problem, number=number, sent=sent)
