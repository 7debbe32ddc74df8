"""Changes of HTB classes: two classes in, what kind of change it is, and the ``tc`` lines a person would type. Pure."""

from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.handles import MAJOR, PARENT
from shaping.drivers.linux.htb import same
from shaping.plan import Act, SettingChange

# 1 Mbit/s. HTB keeps a class's debt of tokens through a change: raised from 64 kbit/s it stayed slow for 192 ms, from
# 16 kbit/s for 733 ms; from 1 Mbit/s on for 15 ms at most. Below it, delete and add is the quicker way.
SLOW_BYTES_PER_SECOND = 125_000


def act_of(before: Class, after: Class) -> Act | None:
    """None for the same class; ``REPLACE`` where a change in place would leave the old debt."""
    if same(before, after):
        return None
    # HTB takes no other parent in a change (net/sched/sch_htb.c answers EINVAL).
    if before.parent != after.parent:
        return Act.REPLACE
    # Lowering never waits for old debt: what the class owes is paid off at the lower rate, as it should be.
    if after.rate <= before.rate and after.ceil <= before.ceil:
        return Act.LOWER
    # The inner class is never replaced: deleting it would take every OPD's class with it.
    slow = before.ceil < SLOW_BYTES_PER_SECOND and before.minor != PARENT
    return Act.REPLACE if slow else Act.RAISE


def class_of(change: SettingChange[Class]) -> Class:
    """The class that changes: as it becomes, or as it was where it goes."""
    htb = change.after or change.before
    if htb is None:
        raise ValueError("a change has a class before it, after it, or both")
    return htb


def rendered(change: SettingChange[Class]) -> tuple[str, ...]:
    """The change as ``tc`` writes it; the driver sends the same by rtnetlink. ``bps`` is bytes a second there."""
    htb = class_of(change)
    place = f"dev {change.place} classid {htb.name}"
    if change.act is Act.DELETE:
        return (f"tc class del {place}",)
    parent = f"{MAJOR:x}:" if htb.minor == PARENT else f"{MAJOR:x}:{PARENT:x}"
    rates = f"rate {htb.rate}bps ceil {htb.ceil}bps burst {htb.burst} cburst {htb.cburst} quantum {htb.quantum}"
    verb = "change" if change.act in (Act.LOWER, Act.RAISE) else "add"
    made = f"tc class {verb} dev {change.place} parent {parent} classid {htb.name} htb {rates}"
    return (f"tc class del {place}", made) if change.act is Act.REPLACE else (made,)


def inverse(change: SettingChange[Class]) -> SettingChange[Class]:
    """The change that takes this one back."""
    # REPLACE stays what it is: undoing it deletes the new class and adds the old one.
    acts = {Act.ADD: Act.DELETE, Act.DELETE: Act.ADD, Act.LOWER: Act.RAISE, Act.RAISE: Act.LOWER}
    return SettingChange(change.place, acts.get(change.act, change.act), change.after, change.before)
