"""Who uses an OPD's bandwidth: a minute's counted flows in, rows on disk and answers out."""
