"""The compiled round's C: one file of functions over arrays, and its loading."""
