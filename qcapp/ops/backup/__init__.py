"""Backup into a folder and restore from it: the database as one file, all stored files, their digests."""
