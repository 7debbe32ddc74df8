"""The pages over HTTP: connections of anybody in, requests of bounded size and time to the application out."""
