"""The drivers: one file or folder each, found by its name. A driver knows its device; nothing else here does."""
