"""Several reviewers score the same calls blind and compare themselves with an agreed reference."""
