"""What ``make demo`` fills an empty installation with: people, sample calls, a few published reviews."""
