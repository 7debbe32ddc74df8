"""A quarter's evidence: how every window of every queue was judged, hour by hour, in lines that hold each other."""
