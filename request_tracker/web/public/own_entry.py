"""What a sender sees behind his link while his sending waits in the inbox; there he answers, or takes it back."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from request_tracker.errors import Conflict, NotStored, Refused
from request_tracker.inbox.entry import OUTCOMES
from request_tracker.inbox.sorting import reply, withdraw
from request_tracker.notifications.inbox_reminders import TOO_LONG
from request_tracker.sop.fields import Field
from request_tracker.web.public.link_places import entry_of_link
from request_tracker.web.shell.audience import Audience, seen_by
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.declared_forms import DeclaredForm, chosen_act, problem_of, read_values, shown
from request_tracker.web.shell.form_values import MAX_REASON
from request_tracker.web.shell.pages import FORM_LIMIT, Conduct, PageGroup
from request_tracker.words.bilingual import Both

pages = PageGroup("own_entry", __name__, Conduct(limits=(FORM_LIMIT,)))
WITHDRAW = "withdraw"
REPLY_FORM = pages.declare(
    DeclaredForm(
        name="entry-reply",
        address="/lacak/<token>/kotak-masuk",
        title=Both("Jawab pertanyaan petugas", "Answer the staff's question"),
        fields=(Field("answer", "Jawaban Anda", "Your answer", "long", longest=MAX_REASON),),
    )
)
WITHDRAW_FORM = pages.declare(
    DeclaredForm(
        name="entry-withdraw",
        address="/lacak/<token>/kotak-masuk",
        title=Both("Tarik kembali kiriman", "Take what was sent back"),
        fields=(Field("reason", "Alasan", "Reason", longest=MAX_REASON),),
    )
)


@pages.post("/lacak/<token>/kotak-masuk")
@seen_by(Audience.LINK, "he answers the office, or takes back what he sent", "the secret link of his receipt")
def act(token: str) -> Response | tuple[str, int]:
    """Answer what was asked, or take it back with a reason."""
    desk = office().desk
    entry = entry_of_link(token)
    try:
        if chosen_act() == WITHDRAW:
            withdraw(desk, entry.id, read_values(WITHDRAW_FORM).sound().text("reason"), now())
        else:
            reply(desk, entry.id, read_values(REPLY_FORM).sound().text("answer"), now())
    except NotStored:
        raise
    except Refused as error:
        return entry_page(token, error), 409 if isinstance(error, Conflict) else 422
    return redirect(url_for("requester_page.page", token=token))


def entry_page(token: str, error: Refused | None = None) -> str:
    """How it stands. Raises NotThere where nothing waits behind this link."""
    entry = entry_of_link(token)
    takes_back = chosen_act() == WITHDRAW
    return render_template(
        "own_entry.html",
        entry=entry,
        token=token,
        problem=problem_of(error) if not entry.open else None,
        reply=shown(REPLY_FORM, None if takes_back else error),
        withdraw=shown(WITHDRAW_FORM, error if takes_back else None),
        outcomes=OUTCOMES,
        # By then the secretariat is reminded; whoever sends in the evening is looked at in the morning.
        expected=office().desk.calendar.after(entry.complete_at, TOO_LONG),
    )
