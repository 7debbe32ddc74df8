"""``lebarpita doctor``: the way of the data in, the first thing that is wrong on it and its cure out."""
