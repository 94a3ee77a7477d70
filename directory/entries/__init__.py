"""Entries: documents, their revisions, how they are published and what follows the change log."""
