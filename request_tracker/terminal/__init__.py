"""The commands of ``lebarpita-tracker``: arguments in, lines of text (or JSON) and an exit code out."""
