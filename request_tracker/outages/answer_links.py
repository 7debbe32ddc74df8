"""Links in a page for an outage: with one the person called says "I take it" without logging in (REFERENCE 6.7).

Signed with the office's key, good for one person, one use and 24 hours. Looking at a link does nothing: mail scanners
and chat previews look at every link. A link of somebody who may not take outages any more is void. A trial of the calls
(``call_trials``) has the same link, which takes nothing and says that it arrived.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from request_tracker.cases import Desk
from request_tracker.errors import Refused
from request_tracker.outages.tickets import acknowledge_inside
from request_tracker.people.accounts import Person, person
from request_tracker.people.roles import may

VALID_FOR = timedelta(hours=24)  # Beyond the last call of the chain; a telephone found tomorrow takes nothing.
# In a ticket's place: the link of a trial. No number of a ticket looks like it.
TRIAL = "uji-panggilan"
# Letters: number, user, message and time take some 70 bytes, the seal 32; base64 makes 140 letters of them. What is
# longer is cut off, and its seal cannot fit.
_LONGEST_TOKEN = 600
# What a signature is for stands in what is signed: the same key seals sessions, and neither may pass for the other.
_PURPOSE = b"lebarpita answer link 1\0"


@dataclass(frozen=True)
class AnswerLink:
    """What a link says: the ticket, whose it is, the message it came with, until when (Unix seconds)."""

    number: str
    user: int
    message: int
    until: int


def make_link(key: bytes, number: str, user: int, message: int, now: datetime) -> str:
    """The token for one person and one message."""
    body = json.dumps([number, user, message, int((now + VALID_FOR).timestamp())]).encode()
    return f"{_text(body)}.{_text(_seal(key, body))}"


def read_link(desk: Desk, key: bytes, token: str, now: datetime) -> tuple[AnswerLink, Person]:
    """What a good link says, and who holds it. Raises Refused where it is made up, too old, used or void."""
    body, _, seal = token[:_LONGEST_TOKEN].partition(".")
    try:
        said, sealed = _bytes(body), _bytes(seal)
    except (binascii.Error, ValueError) as error:
        raise Refused("answer_link") from error
    if not hmac.compare_digest(sealed, _seal(key, said)):
        raise Refused("answer_link")
    # Only after the seal: until then the bytes are anybody's.
    answer = AnswerLink(*json.loads(said))
    holder = person(desk.store, answer.user, now)
    used = "SELECT 1 FROM answer_links_used WHERE message = ? AND user_id = ?"
    if answer.until < now.timestamp() or desk.store.row(used, [answer.message, answer.user]):
        raise Refused("answer_link")
    # Whoever got a trial may confirm it: it gives no right.
    if holder is None or not (
        answer.number == TRIAL or may(holder.who.roles | set(holder.who.delegated), "acknowledge")
    ):
        raise Refused("answer_link")
    return answer, holder


def use_link(desk: Desk, key: bytes, token: str, now: datetime) -> bool:
    """Take the ticket with a link, once; True where nobody had taken it before. Raises Refused as ``read_link``.

    Of a trial: note that it arrived.
    """
    with desk.store.transaction() as db:
        answer, holder = read_link(desk, key, token, now)
        row = {"message": answer.message, "user_id": answer.user, "at": now.timestamp()}
        # Its primary key (message, user) refuses a second use, also one in the same moment.
        db.table("answer_links_used").insert(row)
        if answer.number == TRIAL:
            return True
        return acknowledge_inside(desk, db, answer.number, holder.who, now)


def _seal(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + body, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    # Base64 is padded to a multiple of four; _text took the padding off to keep the link short.
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
