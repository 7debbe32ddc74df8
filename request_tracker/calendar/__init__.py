"""Working time: the office's hours, rest, Ramadan and closed days. Pure."""
