"""Receipts as anybody can verify them."""
