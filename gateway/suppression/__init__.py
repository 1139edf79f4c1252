"""The opt-out register, matching, verdicts and their explanations."""
