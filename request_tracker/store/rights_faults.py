"""What does not verify of the rights journal: its chain, and the tables it must give when it is read from its begin.

The second finds what no chain can: a row that was written, changed or removed where no trigger saw it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from request_tracker.store.chain import GENESIS, canonical, digest
from request_tracker.store.database import Row, Store
from request_tracker.store.guards import BY_TABLE, GUARDS, Guard
from request_tracker.store.rights_journal import COLUMNS, open_row, row_key, rows_of

_Place = tuple[str, str]


def rights_faults(store: Store) -> list[str]:
    """Every break of the chain, and every row that is not what it says."""
    with store.snapshot():
        # Lines that are not what was written say nothing about the tables.
        return list(_chain_faults(store)) or list(_row_faults(store))


def _chain_faults(store: Store) -> Iterator[str]:
    previous = GENESIS
    for expected, row in enumerate(store.each("SELECT * FROM rights_journal ORDER BY seq"), start=1):
        place = f"rights journal line {row['seq']}"
        if row["seq"] != expected:
            yield f"{place}: expected line {expected}"
        if row["previous_hash"] != previous:
            yield f"{place}: does not follow the line before it"
        if _digest_of(row) != row["hash"]:
            yield f"{place}: its content does not give its hash"
        previous = row["hash"]


def _digest_of(row: Row) -> str | None:
    try:
        data = json.loads(row["data"])
    except ValueError:
        return None
    body = {**{name: row[name] for name in COLUMNS}, "data": data}
    return digest(body, row["previous_hash"]) if canonical(data) == row["data"] else None


def _row_faults(store: Store) -> Iterator[str]:
    last = _last_lines(store)
    for guard in GUARDS:
        if guard.folded:
            for row in rows_of(store.db, guard):
                yield from _fault_of(guard, row, last.pop((guard.table, canonical(row_key(guard, row))), None))
    for (table, key), line in last.items():
        if line["act"] != "delete" and not BY_TABLE[table].gone_is_fine:
            yield f"{table} {key}: is gone, and no line of the rights journal says so"


def _fault_of(guard: Guard, row: Row, line: Mapping[str, Any] | None) -> Iterator[str]:
    place = f"{guard.table} {canonical(row_key(guard, row))}"
    if line is None or line["act"] == "delete":
        yield f"{place}: is there, and no line of the rights journal says so"
        return
    # A column that came later is in no earlier line, and one that went is in earlier lines alone.
    now = {key: value for key, value in open_row(guard, row).items() if key in line["row"]}
    yield from (
        f"{place}: {key} is {now.get(key)!r}, the rights journal says {value!r}"
        for key, value in line["row"].items()
        if key in row and now.get(key) != value
    )


def _last_lines(store: Store) -> dict[_Place, dict[str, Any]]:
    """The last line about each row of a folded table."""
    last: dict[_Place, dict[str, Any]] = {}
    sql = "SELECT data FROM rights_journal WHERE json_extract(data, '$.table') IS NOT NULL ORDER BY seq"
    for row in store.each(sql):
        data = json.loads(row["data"])
        guard = BY_TABLE.get(data["table"])
        if guard is not None and guard.folded:
            last[guard.table, canonical(data["key"])] = data
    return last
