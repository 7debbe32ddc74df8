"""Tables as people keep them (CSV of any kind, XLSX) in, records with what was guessed and left out out."""
