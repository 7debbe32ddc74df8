"""Papers: what the tracker prints. Data in, PDF (typst), Word (docxtpl) and OpenDocument out.

A kind of paper is a folder: its ``__init__`` exports ``PAPERS``, its text and its template stand beside it. ``press``
holds what sets every paper; the modules here ask the ``registry`` which kinds there are.
"""
