"""How data gets in: sources with their lawful basis, intake of lists, the gate against sensitive data."""
