"""The advice on a wish: use, ceiling, wish and room of each direction in, a verdict with its number out, one sentence.

Pure; people decide. Each direction is judged by itself: a wish for more, for less, or for none. The thresholds are the
office's own (``evidence:`` in the configuration); rates are bytes per second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from request_tracker.advice_settings import EvidencePart
from request_tracker.evidence.saying import days as days_of
from request_tracker.evidence.saying import hours, measured_rate, percent, rate
from request_tracker.words.bilingual import Both, filled, joined
from request_tracker.words.way_names import WAY_NAMES

USUAL = EvidencePart()
# A ledger's row may lie between two points, and days are rounded to hundredths: 0.02 of one are half an hour.
_TWO_POINTS = 0.02


@dataclass(frozen=True, kw_only=True)
class WayFacts:
    """One direction: ``measured`` is the share of the window that was, ``impossible`` that of means above the port.

    ``hours_above`` of the ceiling then in force; where one was not known in all the time that was measured,
    ``ceiling_days`` says of how many days they are, and they are None where it was known on none. The verdict does not
    rest on them: it is the p95 against the ceiling of today.

    ``room`` is what the uplink may still guarantee to this OPD, what it has now included.
    """

    way: str
    days: int
    measured: float
    impossible: float
    p95: float | None
    hours_above: float | None
    present: int | None
    wanted: int
    wanted_guaranteed: int
    room: int
    ceiling_days: float | None = None

    @property
    def overfills(self) -> bool:
        """True where the uplink cannot guarantee what is asked."""
        return self.wanted_guaranteed > self.room


@dataclass(frozen=True)
class Recommendation:
    """What is advised: the verdict, its reason, and the ceiling of each direction that it names."""

    verdict: str
    reason: Both
    ceilings: dict[str, int]


UNKNOWN = Recommendation(
    "belum_dinilai", Both("Laju yang diminta belum diketahui.", "The rate wanted is not known yet."), {}
)


def rule_text(rule: EvidencePart) -> str:
    """The rule as papers print it, with the thresholds it was judged by."""
    return (
        f"Belum dapat dinilai bila kurang dari {rule.least_measured_percent} % waktu terukur. Kenaikan disarankan pada "
        f"arah yang p95-nya (rata-rata 5 menit) mencapai {rule.used_percent} % batas sekarang, paling tinggi sampai "
        f"p95 menjadi {rule.comfortable_percent} % batas baru; penurunan disarankan bila p95 tetap di bawah "
        f"{rule.used_percent} % batas yang diminta. Jumlah jaminan sesudah persetujuan paling tinggi 95 % kapasitas "
        "uplink. Pejabat memutuskan."
    )


def judge(rule: EvidencePart, ways: Sequence[WayFacts]) -> Recommendation:
    """The advice and its reason in one sentence."""
    blind = [facts for facts in ways if _unmeasured(rule, facts) or _contradictory(rule, facts)]
    full = [facts for facts in ways if facts.overfills]
    if blind and full:
        # What the ledger alone forbids is said also where nothing is measured.
        return Recommendation("belum_disarankan", _sentence(_full(facts) for facts in full), {})
    if blind:
        return Recommendation("belum_dinilai", _sentence(_blind(rule, facts) for facts in blind), {})
    best = {facts.way: _best(rule, facts) for facts in ways}
    changes = [facts for facts in ways if facts.wanted != facts.present]
    verdict = "disarankan_sebagian"
    if all(best[facts.way] == facts.wanted for facts in ways):
        verdict = "disarankan"
    elif all(best[facts.way] == (facts.present or 0) for facts in changes):
        verdict = "belum_disarankan"
    parts = [_part(rule, facts, best[facts.way]) for facts in ways if facts in changes or _used(rule, facts)]
    return Recommendation(verdict, _sentence(parts or [_SAME]), best)


def _sentence(parts: Iterable[Both]) -> Both:
    """The parts as one sentence, as letters quote it."""
    indonesian, english = joined(parts, "; ")
    return Both(f"{indonesian[0].upper()}{indonesian[1:]}.", f"{english[0].upper()}{english[1:]}.")


def _unmeasured(rule: EvidencePart, facts: WayFacts) -> bool:
    return facts.p95 is None or facts.measured * 100 < rule.least_measured_percent


def _contradictory(rule: EvidencePart, facts: WayFacts) -> bool:
    return facts.impossible * 100 > rule.most_impossible_percent


def _used(rule: EvidencePart, facts: WayFacts) -> bool:
    """True where a direction is near its end; one without a ceiling has none to be near."""
    share = rule.used_percent / 100
    return facts.p95 is not None and facts.present is not None and facts.p95 >= share * facts.present


def _best(rule: EvidencePart, facts: WayFacts) -> int:
    """The ceiling that the use speaks for, between what the OPD has and what it wants."""
    p95, present = facts.p95 or 0.0, facts.present
    need = _up(p95 * 100 / rule.comfortable_percent, rule.round_to)
    if present is None:
        return _fitting(rule, facts, min(facts.wanted, need))
    if facts.wanted > present:
        risen = max(present, min(facts.wanted, need)) if _used(rule, facts) else present
        return max(present, _fitting(rule, facts, risen))
    if p95 * 100 <= rule.used_percent * facts.wanted:
        return facts.wanted
    return max(facts.wanted, min(present, need))


def _fitting(rule: EvidencePart, facts: WayFacts, ceiling: int) -> int:
    """The most of it that the uplink has room for, where the guarantee keeps the share that was asked."""
    if not facts.wanted_guaranteed or ceiling * facts.wanted_guaranteed <= facts.room * facts.wanted:
        return ceiling
    most = max(0, facts.room) * facts.wanted // facts.wanted_guaranteed
    return most // rule.round_to * rule.round_to


def _up(value: float, step: int) -> int:
    return -int(-value // step) * step


def _full(facts: WayFacts) -> Both:
    return filled(_FULL, WAY_NAMES[facts.way], rate(facts.wanted_guaranteed), rate(max(0, facts.room)))


def _blind(rule: EvidencePart, facts: WayFacts) -> Both:
    if _unmeasured(rule, facts):
        days = hours(round(facts.measured * facts.days, 1))
        return filled(_UNMEASURED, WAY_NAMES[facts.way], days, facts.days, rule.least_measured_percent)
    return filled(_IMPOSSIBLE, WAY_NAMES[facts.way], percent(facts.impossible))


def _part(rule: EvidencePart, facts: WayFacts, best: int) -> Both:
    """One direction of the sentence: what is advised, then why."""
    name, p95 = WAY_NAMES[facts.way], measured_rate(facts.p95 or 0)
    if facts.present is None:
        return _with_room(rule, facts, best, filled(_FIRST, name, rate(best), p95))
    above = _above(rule, facts, facts.present)
    if facts.wanted == facts.present:
        return filled(_NOT_ASKED, name, above)
    if facts.wanted < facts.present:
        return filled(_LOWER if best == facts.wanted else _LESS_LOW, name, rate(best), p95, rate(facts.wanted))
    if best == facts.present:
        return _with_room(rule, facts, best, filled(_KEEP, name, rate(best), above))
    return _with_room(rule, facts, best, filled(_RAISE, name, rate(best), above))


def _above(rule: EvidencePart, facts: WayFacts, present: int) -> Both:
    """The p95 beside the ceiling, and the hours near it: over how many days, where those are not all."""
    p95, ceiling = measured_rate(facts.p95 or 0), rate(present)
    if facts.hours_above is None:
        return filled(_NO_HOURS, p95, ceiling, rule.used_percent)
    if facts.ceiling_days is None:
        return filled(_ABOVE, p95, ceiling, hours(facts.hours_above), facts.days, rule.used_percent)
    days = days_of(facts.ceiling_days)
    return filled(_ABOVE_SINCE, p95, ceiling, hours(facts.hours_above), rule.used_percent, days)


def all_but(days: float, measured: float) -> bool:
    """True where so many days are fewer than those measured, by more than rounding and a point or two."""
    return days < measured - _TWO_POINTS


def known_for(days: float, measured: float) -> Both:
    """Of how many of the measured days a ceiling is known: over those the hours near it are counted."""
    return filled(_KNOWN_FOR, days_of(days), days_of(measured))


_KNOWN_FOR = Both(
    "Plafon OPD ini diketahui pada {} dari {} hari yang terukur. Jam di dekat plafon dihitung atas hari-hari itu saja.",
    "This office's ceiling is known for {} of {} days that were measured. Hours near it are counted over those only.",
)


def _with_room(rule: EvidencePart, facts: WayFacts, best: int, text: Both) -> Both:
    """The sentence, and that it is the uplink's room which it is limited by, where it is."""
    limited = facts.overfills and best < facts.wanted and (facts.present is None or _used(rule, facts))
    return joined((text, _full(facts)), "; ") if limited else text


_ABOVE = Both("p95 {} dari {}, {} jam dalam {} hari di atas {} %", "p95 {} of {}, {} hours in {} days above {} %")
_ABOVE_SINCE = Both(
    "p95 {} dari {}, {} jam di atas {} % dihitung atas {} hari yang plafonnya diketahui",
    "p95 {} of {}, {} hours above {} % counted over the {} days whose ceiling is known",
)
_NO_HOURS = Both(
    "p95 {} dari {}; jam di atas {} % belum dapat dihitung, plafon dari waktu yang terukur belum diketahui",
    "p95 {} of {}; hours above {} % cannot be counted, the ceiling of the time that was measured is not known",
)
_RAISE = Both("{} {}: {}", "{} {}: {}")
_KEEP = Both("{} tetap {}: {}", "{} stays {}: {}")
_FIRST = Both("{} {}: p95 {}, belum ada alokasi", "{} {}: p95 {}, no allocation yet")
_LOWER = Both("{} turun ke {}: p95 {} masih muat dalam {}", "{} down to {}: its p95 {} fits into {}")
_LESS_LOW = Both("{} paling rendah {}: p95 {} tidak muat dalam {}", "{} {} at least: its p95 {} does not fit into {}")
_NOT_ASKED = Both("{} tidak diminta berubah, padahal {}", "{} is not asked to change, though {}")
_SAME = Both("yang diminta sama dengan alokasi sekarang", "what is asked for is what the office has")
_FULL = Both(
    "jaminan {} yang diminta {}, sisa yang boleh dijanjikan uplink {}",
    "the {} guarantee asked for is {}, the uplink may still promise {}",
)
_UNMEASURED = Both(
    "{} terukur {} dari {} hari; penilaian memerlukan paling sedikit {} %",
    "{} was measured on {} of {} days; a judgement needs at least {} %",
)
_IMPOSSIBLE = Both(
    "{}: {} dari rata-rata yang terukur melebihi kecepatan portnya; pengukurannya tidak dapat dipercaya",
    "{}: {} of the means are above the speed of its port; they cannot be believed",
)
