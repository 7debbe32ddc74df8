"""Flow records in, exact totals per OPD out: decoded, rated, owned, counted. Knows no socket and no file."""
