"""The trainees side by side, and how weeks of hiring did."""
