"""Measures transcripts against recordings whose truth is known. Needs no database."""
