"""Where agreements are kept, with their applications and requests: in the table of institutions."""
