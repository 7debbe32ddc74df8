"""Hours of the week as people read them: on pages in both languages, in letters in Indonesian. Pure."""

from inventory.weekly_hours import WEEK, WeeklyHours
from request_tracker.words.bilingual import Both, filled, joined

DAY_NAMES = (
    Both("Senin", "Monday"),
    Both("Selasa", "Tuesday"),
    Both("Rabu", "Wednesday"),
    Both("Kamis", "Thursday"),
    Both("Jumat", "Friday"),
    Both("Sabtu", "Saturday"),
    Both("Minggu", "Sunday"),
)
_EVERY_DAY = Both("setiap hari", "every day")
_HOURS = Both("{} pukul {} sampai {}", "{} from {} to {}")
_NEXT_DAY = Both("{} hari berikutnya", "{} on the next day")


def hours_words(hours: WeeklyHours) -> Both:
    """Days, begin and end; an end on the next day says so."""
    days = _EVERY_DAY if len(hours.days) == WEEK else joined(DAY_NAMES[day] for day in hours.days)
    begin, end = (f"{moment:%H.%M}" for moment in (hours.begin, hours.end))
    over = filled(_NEXT_DAY, end) if hours.end <= hours.begin else Both(end, end)
    return filled(_HOURS, days, begin, over)
