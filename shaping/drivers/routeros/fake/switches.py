"""What a fake router is: its version, and an answer to each question that no public source decides. Data only.

The questions are those that the page of facts lists as "ask a real device first" (section 10), and what beside it is
marked as not found.
"""

import re
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args, get_type_hints

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Switches:
    """One value for each open question; the first is what most reports suggest."""

    host_bits: Literal["cleared", "as_written", "refused"] = "cleared"
    target_order: Literal["as_written", "sorted"] = "as_written"
    one_sided_zero: Literal["accepted", "refused"] = "accepted"
    dynamic_change: Literal["refused", "accepted"] = "refused"
    parent_removal: Literal["children_invalid", "refused"] = "children_invalid"
    duplicate_case: Literal["two_names", "one_name"] = "two_names"
    children: Literal["bounded", "free"] = "bounded"
    lost_interface: Literal["invalid", "valid"] = "invalid"
    counters_after_set: Literal["go_on", "zeroed"] = "go_on"
    counters: Literal["always", "with_stats"] = "always"
    scheduler_policy: Literal["read_write", "needs_policy"] = "read_write"
    lost_safe_mode: Literal["undone", "stays"] = "undone"
    empty_comment: Literal["absent", "empty"] = "absent"
    scheduler_first: Literal["after_interval", "at_once"] = "after_interval"
    empty_after_change: Literal["no", "yes"] = "no"
    kinds_of_queue: Literal["by_version", "old"] = "by_version"
    booleans: Literal["true_false", "yes_no"] = "true_false"


def switched(pairs: list[str]) -> Switches:
    """Switches from ``name=value`` words. Raises ValueError naming what there is."""
    hints = get_type_hints(Switches)
    values: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in hints:
            raise ValueError(
                f"{name!r} is not a switch; there are {', '.join(field.name for field in fields(Switches))}"
            )
        if value not in get_args(hints[name]):
            raise ValueError(f"{pair!r}: {name} is one of {', '.join(get_args(hints[name]))}")
        values[name] = value
    return replace(Switches(), **values)  # type: ignore[arg-type]  # Each value was compared with its field's own list.


def version_of(text: str) -> Version:
    """``7.18.2`` as numbers; a missing third is 0. Raises ValueError."""
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if match is None:
        raise ValueError(f"{text!r} is not a version; write for example 6.49.19, 7.17.1 or 7.20")
    return int(match[1]), int(match[2]), int(match[3] or 0)
