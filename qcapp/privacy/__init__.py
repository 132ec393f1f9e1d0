"""One client's data: found, handed out, erased on demand or by age. Knows features only by what they declare."""
