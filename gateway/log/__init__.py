"""The delivery log: journal (hash chain), line codes, provision records, recalls."""
