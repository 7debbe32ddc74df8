"""Words for people: pairs of languages, labels of codes, sentences of refusals and messages."""
