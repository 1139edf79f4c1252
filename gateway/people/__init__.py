"""A person's data: reading files, normalising, match keys."""
