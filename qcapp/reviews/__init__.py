"""The review of a call: answers, marks at moments, publishing, and what the manager reads."""
