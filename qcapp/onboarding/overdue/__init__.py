"""Stages whose time is over, and what is decided about them."""
