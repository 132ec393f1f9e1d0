"""The trainees side by side, and how those did who began together."""
