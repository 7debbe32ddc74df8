"""Cities that nobody measured: well, cut or ill, as series; the boards are judged and photographed by them."""
