"""What a sender sees behind his link while his sending waits in the inbox; there he answers, or takes it back."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import Conflict, Refused
from request_tracker.inbox.entry import OUTCOMES
from request_tracker.inbox.sorting import reply, withdraw
from request_tracker.notifications.inbox_reminders import TOO_LONG
from request_tracker.web.public.link_places import entry_of_link
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup

pages = PageGroup("own_entry", __name__, Conduct(limits=(FORM_LIMIT,)))


@pages.post("/lacak/<token>/kotak-masuk")
@seen_by(Audience.LINK, "he answers the office, or takes back what he sent", "the secret link of his receipt")
def act(token: str) -> Response | tuple[str, int]:
    """Answer what was asked, or take it back with a reason."""
    desk = office().desk
    entry = entry_of_link(token)
    text = request.form.get("text", "").strip()[:MAX_REASON]
    try:
        (withdraw if request.form.get("act") == "withdraw" else reply)(desk, entry.id, text, now())
    except Refused as error:
        return entry_page(token, error.text(g.language)), 409 if isinstance(error, Conflict) else 422
    return redirect(url_for("requester_page.page", token=token))


def entry_page(token: str, problem: str | None = None) -> str:
    """How it stands. Raises NotThere where nothing waits behind this link."""
    entry = entry_of_link(token)
    # By then the secretariat is reminded; whoever sends in the evening is looked at in the morning.
    expected = office().desk.calendar.after(entry.complete_at, TOO_LONG)
    return render_template(
        "own_entry.html", entry=entry, token=token, problem=problem, outcomes=OUTCOMES, expected=expected
    )
