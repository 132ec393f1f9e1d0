"""Clients lost by the manager's fault are called again: tasks of the head of sales."""
