"""Sales as proof of an internship: entered, and confirmed by somebody else."""
