"""Reads what exchanges write: names of recordings and call detail records. Pure: no database, no files."""
