"""Talks over calls, the tasks agreed in them, and whether the next calls show that it helped."""
