"""Whether every stored file is there and unchanged, and what becomes of those that are not."""
