"""Applications that exporters tell: ids of flow records (element 95), and their names from options (96). Pure."""

import numpy as np

from exporter.flows.decode import fields as f
from exporter.flows.decode.columns import IANA, Numbers, Records

# Cisco's protocol pack has some 1,500 applications, FortiGuard 5,000; a bound against hostile options.
MOST_NAMES = 10_000
# Letters of a name: a column of a page.
LONGEST_NAME = 40
# An id is an engine of one byte and its number (RFC 6759 4). Four bytes are Cisco's; FortiOS has nine, with its
# enterprise between the two: of those the engine and the last three bytes stand for the application.
_SHORT, _ENGINE_BITS, _NUMBER_BYTES = 4, 24, 3


def application_ids(records: Records) -> Numbers | None:
    """The application of every record; None where they tell none."""
    place = records.places.get((IANA, f.APPLICATION))
    if place is None or place[1] == 0:
        return None
    offset, length = place
    if length <= _SHORT:
        return records.numbers(f.APPLICATION)
    numbers = records.block[:, offset].astype(np.uint64) << np.uint64(_ENGINE_BITS)
    for back in range(_NUMBER_BYTES, 0, -1):
        column = records.block[:, offset + length - back].astype(np.uint64)
        numbers |= column << np.uint64(8 * (back - 1))
    return numbers


def application_names(records: Records) -> dict[int, str]:
    """The names that a block of options records tells."""
    ids, place = application_ids(records), records.places.get((IANA, f.APPLICATION_NAME))
    if ids is None or place is None:
        return {}
    texts = (row.tobytes() for row in records.block[:, place[0] : place[0] + place[1]])
    names = {number: _text(text) for number, text in zip(ids.tolist(), texts, strict=True)}
    return {number: name for number, name in names.items() if number and name}


def _text(raw: bytes) -> str:
    """What can be read of it; names are filled up with zeros, and hostile ones hold anything."""
    text = raw.split(b"\0", 1)[0].decode(errors="replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST_NAME]
