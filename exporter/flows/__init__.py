"""NetFlow v5, v9 and IPFIX in; cumulative bytes per OPD out. Counts at arrival, keeps counters over a restart."""
