"""The history's room, lent to a pass of the express lane that puts the keys of what it counts there itself.

It is given back before anybody else adds to the history, so that both may add to one minute.
"""

from exporter.flows.account.collector import Collector, KeyRows
from exporter.flows.account.express_tables import address
from exporter.flows.native.library import ExpressCall


def borrow(call: ExpressCall, keys: KeyRows | None) -> None:
    """Let the pass write into the room as it stands; None: no history."""
    call.key_words = None
    if keys is not None:
        room = keys.lend()
        call.key_words, call.key_hashes, call.key_amounts = map(address, room[:3])
        call.key_column, call.key_end, call.key_limit = room.words.shape[1], room.end, room.limit


def give_back(call: ExpressCall, keys: KeyRows | None) -> None:
    """Say how far the room was filled."""
    if keys is not None:
        keys.take_back(int(call.key_end))


def make_room(call: ExpressCall, collector: Collector) -> None:
    """The room is full: have what waits summed. Where that fails the history lacks the rest, and counting goes on."""
    give_back(call, collector.keys)
    try:
        if collector.keys is not None:
            collector.keys.make_room()
        borrow(call, collector.keys)
    except Exception as error:
        collector.faults.note(error)
        call.key_words = None
