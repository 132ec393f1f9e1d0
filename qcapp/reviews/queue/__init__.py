"""Which calls are scored, by whom and until when: sampling plans, assignments, the reviewer's queue."""
