"""The tracker's pages and API: Flask, server-rendered, no JavaScript. Decides nothing: it asks cases and tickets."""
