"""From the first day to hot leads: program, stages, deliverables, exam, internship, clearance."""
