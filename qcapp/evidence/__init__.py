"""What a transcript shows: how far the own script was spoken, and which forbidden phrases. Hints, never a score."""
