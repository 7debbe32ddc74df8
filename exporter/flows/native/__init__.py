"""The express lane's C: one file of functions over arrays, the command that compiles it, and its loading."""
