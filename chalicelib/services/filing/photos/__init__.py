"""Photos joined into one PDF: what each is, how it is drawn on its page, and the document."""
