"""Pages of cases for staff: what waits for me, one case with the acts open to me, its papers, its letters."""
