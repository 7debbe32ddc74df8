"""How any paper is set: a paper as data and the facts it is made from in; PDF, Word and OpenDocument out."""
