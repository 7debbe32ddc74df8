"""Papers: what the tracker prints. Data in, PDF (typst), Word (docxtpl) and OpenDocument out."""
