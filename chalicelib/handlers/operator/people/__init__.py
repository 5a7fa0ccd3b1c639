"""The operator's commands about mailboxes and who is in them."""
