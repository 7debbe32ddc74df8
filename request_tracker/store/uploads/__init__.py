"""What people hand in, kind by kind: the bytes of a file in, the paper that is kept out, or Spoiled with what to do.

One module a kind. All of it reads a stranger's bytes: it runs in a child with bounds (``store.upload_work``), opens no
file and no connection, and raises nothing but ``Spoiled`` for content that cannot be taken.
"""
