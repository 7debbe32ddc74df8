"""Pages over HTTP: a request of bounded size in, an answer out. Knows no part of the exporter."""
