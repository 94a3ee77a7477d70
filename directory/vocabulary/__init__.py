"""The fixed lists, the thesaurus, and jargon turned into plain words."""
