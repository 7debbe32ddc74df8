"""SOPs as data: the YAML beside this package in, checked definitions and clocks out. Knows no case and no store."""
