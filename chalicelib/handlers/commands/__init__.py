"""What people send, read into a command and done: the one place where pages and the JSON API meet."""
