"""What published reviews show of managers, sections and items; only like compared with like."""
