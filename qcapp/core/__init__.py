"""What every feature stands on: database, clock, events, jobs, storage, audit. Knows nothing of calls."""
