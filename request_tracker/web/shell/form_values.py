"""A form as it stands on its page, what it may ask in this office, and how much of a text is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any

from inventory.model import Opd
from request_tracker.people.addresses import EMAIL, WHATSAPP
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import MAX_TEXT, REACHED_BY
from request_tracker.web.shell.context import office
from request_tracker.words.bilingual import Both

# Letters that are read of what somebody types; whatever is beyond is cut, because the pages' fields stop there too.
# A note or a field of a form: two typed pages (``sop.forms.MAX_TEXT``). A reason or what had to follow: a paragraph.
MAX_NOTE, MAX_REASON = MAX_TEXT, 1000
# A subject, or a name with its place: one line of a letter. A search: longer than any number, name or subject is.
MAX_SUBJECT, MAX_LINE, MAX_SEARCH = 200, 300, 100


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A form as it stands on its page: the fields it asks for and what was typed in them.

    ``key`` lets a form that is sent twice open one case; ``problem``: why it was refused; ``opds`` to choose from.
    ``faults``: what is wrong with a field, by its key, in the order of the page.
    """

    fields: tuple[Field, ...]
    values: Mapping[str, Any]
    key: str = ""
    problem: str | None = None
    opds: Sequence[Opd] = ()
    faults: Mapping[str, Both] = dataclass_field(default_factory=dict)

    def asks(self, key: str, offers: Mapping[str, str] | None = None) -> Field:
        """One of its fields, where a page puts them by hand; with what a pick offers."""
        field = next(field for field in self.fields if field.key == key)
        return replace(field, offers=tuple(offers.items())) if offers is not None else field


def offered(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields as this office can keep them: no channel is promised to a requester that is not configured."""
    missing = {channel for channel in (EMAIL, WHATSAPP) if channel not in office().config.channels}
    can = tuple(choice for choice in REACHED_BY.choices if choice not in missing)
    return tuple(replace(field, choices=can) if field is REACHED_BY else field for field in fields)
