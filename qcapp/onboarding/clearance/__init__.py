"""Clearance for hot leads: computed, explained, decided; and calls from leads that were not allowed."""
