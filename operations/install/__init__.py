"""An office's answers in; users, folders, units, timers, wiring and a site on one machine's disk out."""
