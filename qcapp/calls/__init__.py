"""Calls, their recordings and clients: how they come in, how they sound."""
