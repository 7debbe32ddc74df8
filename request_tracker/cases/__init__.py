"""Cases: commands in, append-only hash-chained events out; everything shown is a projection of the events.

The contract for pages, API and worker (all times are aware UTC datetimes; persons are references such as
``user:3``, ``contact:7`` (a requester), ``api:alertmanager``, ``system`` - never names)::

    from request_tracker.cases import (Desk, Who, Supplied, OpenCase, Sign, ApplyAllocation, SendBack, Pause, Resume,
                                       AddDocument, Assign, Note, Cancel, Reopen, open_case, run, read_case, history,
                                       possible, waiting_for, find_cases, case_by_token)

    desk = Desk(Store(path), Calendar(...), city)              # what every command works on; build once, share
    who = Who("user:3", frozenset({"technician"}))             # English role names, see sop.model.ROLES
    who = Who("user:4", frozenset({...}), {"head_of_office": "user:1"})   # acts as Plh./Plt. for user:1

    opened = open_case(desk, OpenCase(sop="PKL-BW", opd="dinkes", subject="...", form={...}, contact={...},
                       documents={"surat": Supplied(sha256=..., name=...)}, channel="form",
                       idempotency_key="..."), who, now)        # -> Opened(number, token, again)
    case = read_case(desk, "PKL-BW/2026/000001")               # -> Case (fold of the events), or Refused
    acts = possible(desk, case, who)                           # -> what this person may do now, for the page
    case = run(desk, number, Sign(step="PKL-B-02", note="..."), who, now, version=case.version)
    case = run(desk, number, ApplyAllocation("PKL-B-04", Allocation(...), reason=""), who, now, version=...)

``run`` raises ``Refused`` (code, text("id"|"en")) where SOP, roles or ledger forbid, ``Conflict`` where somebody was
faster (show the case again). One command is one BEGIN IMMEDIATE transaction with its events, projection and outbox
rows. What a person does goes through ``signing_off.sign_off``, with what follows it in the same transaction (pages:
``web.shell.signing.act_on``). Informational events (``Note(kind, data)``) carry kinds of ``NOTE_KINDS``. ``Supplied``
is a file already stored by hash (``request_tracker.store.files.keep``), or a note (letter announced by phone), or
content (a form, frozen evidence).

What a step's actions (``tindakan``) start, complete and show stands in ``cases.actions``, one file a word; SOP files
are read by ``letters.sop_files``, which knows them all.

``running(history, sop, calendar, now)`` gives every clock (gross, net, pauses by reason, left, due); ``sop`` comes from
``register.by_hash(store, case.sop_hash)``. ``on_request`` and ``other_open_cases`` are advice for forms and officials.

Projections to read with plain SQL: ``cases``, ``waiting`` (who must act: role, due_at), ``outbox`` (key, recipient
``role:R`` | ``user:N`` | ``contact:N``, payload JSON with ``template`` and values). Field schemas: ``sop.forms``.
"""

from request_tracker.cases.acts import (
    AddDocument,
    ApplyAllocation,
    Assign,
    Cancel,
    Command,
    EndEarly,
    MoveRevision,
    Note,
    OpenCase,
    Opened,
    Pause,
    RecordPaper,
    Reopen,
    Resume,
    SendBack,
    SetPriority,
    Sign,
)
from request_tracker.cases.advice import on_request, other_open_cases
from request_tracker.cases.clocks import running
from request_tracker.cases.commands import open_case, run
from request_tracker.cases.context import Desk
from request_tracker.cases.deadlines import recompute_deadlines
from request_tracker.cases.model import NOTE_KINDS, Case, Event, OpenStep, Record, Who
from request_tracker.cases.possible import Possible, possible
from request_tracker.cases.queries import case_by_token, find_cases, history, read_case, waiting_for
from request_tracker.ledger.allocation import Allocation, AllocationProposal
from request_tracker.store.document import Supplied

__all__ = [
    "NOTE_KINDS",
    "AddDocument",
    "Allocation",
    "AllocationProposal",
    "ApplyAllocation",
    "Assign",
    "Cancel",
    "Case",
    "Command",
    "Desk",
    "EndEarly",
    "Event",
    "MoveRevision",
    "Note",
    "OpenCase",
    "OpenStep",
    "Opened",
    "Pause",
    "Possible",
    "Record",
    "RecordPaper",
    "Reopen",
    "Resume",
    "SendBack",
    "SetPriority",
    "Sign",
    "Supplied",
    "Who",
    "case_by_token",
    "find_cases",
    "history",
    "on_request",
    "open_case",
    "other_open_cases",
    "possible",
    "read_case",
    "recompute_deadlines",
    "run",
    "running",
    "waiting_for",
]
