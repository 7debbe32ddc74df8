"""The design system on one page, for who changes a face: every component as pages use it. Reads nothing."""

from flask import render_template

from request_tracker.chart.availability_months import AvailabilityMonth, draw_months
from request_tracker.chart.bars import draw_bar
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("style_page", __name__)
# The names of the tokens that the stylesheet declares, in the order in which the page lists them.
SPACES = tuple(f"--space-{step}" for step in range(1, 7))
LETTERS = ("--text-small", "--text", "--text-large", "--text-figure", "--text-title")
COLOURS = ("--ink", "--muted", "--line", "--paper", "--back", "--main", "--good", "--warn", "--bad")


@pages.get("/gaya")
@pages.menu(MenuGroup.MANAGE, 90, ("Gaya halaman", "Page design"), "manage_users")
@needs("manage_users")
def listing() -> str:
    """Every component once; a page that needs another one adds it here first."""
    months = [
        AvailabilityMonth(share=share, measured=measured, href="#gambar", title="")
        for share, measured in ((0.999, 1.0), (0.9951, 1.0), (None, 0.2), (1.0, 0.9))
    ]
    drawn = {"bars": (draw_bar(0.75), draw_bar(None)), "months": draw_months(months, 0.99)}
    return render_template("style.html", spaces=SPACES, letters=LETTERS, colours=COLOURS, **drawn)
