"""The messages that say a notice arrived, and what became of them."""
