"""A manager's own script: blocks, drafts that never change once handed in, comments, approval."""
