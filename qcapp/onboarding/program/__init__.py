"""The program: stages with their conditions, as files, as versions, and its editor."""
