"""Start pages of managers and coaches: one thing to do next, and what waits."""
