"""Which tables decide who may act, when and on whose behalf, and what of each row the rights journal may say. Data.

``sealed`` columns hold secrets' hashes: the journal has their fingerprint. ``hidden`` ones hold personal data that must
stay erasable (UU 27/2022): it says only that they changed. ``ignored`` ones decide nothing. A table that is added to
the schema is added here or to ``open_tables``; a test of the house asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Guard:
    """How the rows of a table are recorded: ``subject`` is filled with the row, ``key`` is its primary key.

    A kind that is left out is not recorded.
    ``when`` is SQL over ``{row}`` (``NEW.``, ``OLD.`` or nothing); ``folded``: the table must be what the journal says
    of it; ``gone_is_fine``: a row may go without a line.
    """

    table: str
    subject: str
    key: tuple[str, ...] = ("id",)
    insert: str | None = None
    update: str | Callable[[Values, Values], str] | None = None
    delete: str | None = None
    sealed: frozenset[str] = NONE
    hidden: frozenset[str] = NONE
    ignored: frozenset[str] = NONE
    when: str = "1"
    folded: bool = True
    gone_is_fine: bool = False

    def kind(self, act: str, old: Values, new: Values) -> str:
        """The kind of one change of a row."""
        made = {"insert": self.insert, "update": self.update, "delete": self.delete}[act]
        kind = made(old, new) if callable(made) else made
        if kind is None:
            raise ValueError(f"{self.table}: {act} is not guarded")
        return kind

    @property
    def acts(self) -> tuple[str, ...]:
        """The statements that are recorded."""
        acts = (("insert", self.insert), ("update", self.update), ("delete", self.delete))
        return tuple(act for act, kind in acts if kind is not None)


def _account_change(old: Values, new: Values) -> str:
    """The kind of a change of an account; the weightiest where one statement changes several columns."""
    if old["active"] != new["active"]:
        return "account_on" if new["active"] else "account_off"
    if old["password"] != new["password"]:
        return "password_set"
    if old["name"] != new["name"] or old["login"] != new["login"]:
        return "account_renamed"
    return "account_changed"


def _factor_change(_: Values, new: Values) -> str:
    return "second_factor_gone" if new["removed_at"] else "second_factor_used"


def _token_change(_: Values, new: Values) -> str:
    return "token_revoked" if new["revoked_at"] else "token_made"


GUARDS = (
    Guard(
        table="users",
        subject="user:{id}",
        insert="account_made",
        update=_account_change,
        delete="account_gone",
        sealed=frozenset({"password"}),
    ),
    Guard(
        table="user_roles",
        subject="user:{user_id}",
        key=("user_id", "role"),
        insert="role_given",
        update="role_given",
        delete="role_taken",
    ),
    # Sessions are removed a month after their end; that says nothing about anybody.
    Guard(
        table="sessions",
        subject="user:{user_id}",
        key=("hash",),
        insert="logged_in",
        update="logged_out",
        sealed=frozenset({"hash"}),
        gone_is_fine=True,
    ),
    # When a device was used last says less than the log-in it was used for.
    Guard(
        table="login_devices",
        subject="user:{user_id}",
        insert="device_known",
        update="device_forgotten",
        delete="device_forgotten",
        sealed=frozenset({"hash"}),
        hidden=frozenset({"browser"}),
        ignored=frozenset({"used_at"}),
    ),
    Guard(
        table="second_factors",
        subject="user:{user_id}",
        insert="second_factor_set",
        update=_factor_change,
        delete="row_removed",
        sealed=frozenset({"secret", "credential"}),
        hidden=frozenset({"name"}),
    ),
    Guard(
        table="recovery_codes",
        subject="user:{user_id}",
        key=("hash",),
        insert="second_factor_set",
        update="second_factor_used",
        delete="second_factor_gone",
        sealed=frozenset({"hash"}),
    ),
    # When a screen was seen last decides nothing.
    Guard(
        table="wall_links",
        subject="screen:{id}",
        insert="wall_token_made",
        update="wall_token_revoked",
        delete="row_removed",
        sealed=frozenset({"hash"}),
        ignored=frozenset({"used_at"}),
    ),
    Guard(
        table="password_links",
        subject="user:{user_id}",
        key=("hash",),
        insert="link_made",
        update="link_spent",
        delete="row_removed",
        sealed=frozenset({"hash"}),
    ),
    Guard(
        table="api_tokens",
        subject="api:{name}",
        key=("name",),
        insert="token_made",
        update=_token_change,
        delete="row_removed",
        sealed=frozenset({"hash"}),
    ),
    Guard(
        table="delegations",
        subject="user:{to_user}",
        insert="delegation_made",
        update="delegation_changed",
        delete="row_removed",
    ),
    Guard(
        table="official_details",
        subject="user:{user_id}",
        key=("user_id",),
        insert="details_set",
        update="details_set",
        delete="row_removed",
        hidden=frozenset({"nip"}),
    ),
    Guard(
        table="addresses",
        subject="user:{user_id}",
        key=("user_id",),
        insert="address_set",
        update="address_set",
        delete="address_gone",
        hidden=frozenset({"address"}),
    ),
    Guard(
        table="duty_roster",
        subject="user:{user_id}",
        insert="duty_set",
        update="duty_changed",
        delete="row_removed",
    ),
    Guard(
        table="office_days",
        subject="day:{day}",
        key=("day",),
        insert="day_set",
        update="day_set",
        delete="day_gone",
    ),
    # What a verification found decides nothing; every other setting does.
    Guard(
        table="settings",
        subject="setting:{key}",
        key=("key",),
        insert="setting_set",
        update="setting_set",
        delete="setting_gone",
        sealed=frozenset({"value"}),
        when="{row}key <> 'verified_whole'",
    ),
    # The table is append-only, and the text has its hash beside it.
    Guard(
        table="sop_revisions",
        subject="sop:{code}",
        key=("code", "revision"),
        insert="sop_approved",
        ignored=frozenset({"text"}),
    ),
    Guard(
        table="contact_book",
        subject="{subject}",
        insert="contact_entered",
        update="contact_changed",
        delete="contact_removed",
    ),
    Guard(
        table="monthly_wishes",
        subject="contact:{contact_id}",
        key=("contact_id",),
        insert="monthly_wish_set",
        update="monthly_wish_set",
        delete="monthly_wish_gone",
    ),
    # Most contacts are requesters', whom no line may keep; those of the book decide who is told of an outage.
    Guard(
        table="contacts",
        subject="contact:{id}",
        update="contact_changed",
        hidden=frozenset({"name", "phone", "email", "position", "channel"}),
        when="EXISTS (SELECT 1 FROM contact_book b WHERE b.contact_id = {row}id)",
        folded=False,
    ),
    # A case's first link stands in the case's own chain, with the event that opened it.
    Guard(
        table="public_tokens",
        subject="case:{case_id}",
        key=("hash",),
        insert="case_link_made",
        update="case_link_made",
        delete="row_removed",
        sealed=frozenset({"hash"}),
        when="EXISTS (SELECT 1 FROM public_tokens o WHERE o.case_id = {row}case_id AND o.hash <> {row}hash)",
        folded=False,
    ),
    # With its number a word opens what the secret link opens. Nobody's name stands in it, and the link is a hash.
    Guard(
        table="tracking_words",
        subject="public:form",
        key=("link_hash",),
        insert="tracking_word_set",
        update="tracking_word_set",
        delete="row_removed",
        sealed=frozenset({"link_hash", "mark"}),
    ),
    Guard(
        table="answer_links_used",
        subject="user:{user_id}",
        key=("message", "user_id"),
        insert="answer_link_used",
        delete="row_removed",
    ),
    # What was asked is never changed (a trigger), and has its hash beside it.
    Guard(
        table="fallback_plans",
        subject="uplink:{loss}",
        insert="fallback_asked",
        update=lambda _, new: f"fallback_{new['outcome']}",
        ignored=frozenset({"content"}),
    ),
    Guard(
        table="rights_requests",
        subject="{subject}",
        insert="confirmation_asked",
        update=lambda _, new: "confirmation_given" if new["outcome"] == "confirmed" else "confirmation_refused",
        delete="row_removed",
    ),
)
BY_TABLE = {guard.table: guard for guard in GUARDS}
