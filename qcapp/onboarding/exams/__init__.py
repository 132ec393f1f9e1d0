"""Exams: role-plays that the coach scores live."""
