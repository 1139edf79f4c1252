"""The core's own documents: opt-out request form, delivery note and recall notice, in Japanese on A4."""
