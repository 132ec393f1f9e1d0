"""Scorecards: sections, items, versions, the rule of scoring, and the YAML files they travel in."""
