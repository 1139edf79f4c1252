"""What plugin authors import in their tests: synthetic people, and the conformance of a format."""
