"""Recordings in, transcripts by speaker out. Knows nothing of the database or the web."""
