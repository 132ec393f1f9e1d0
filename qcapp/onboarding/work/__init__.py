"""What is handed in and learnt in the first days: deliverables and lessons."""
