"""The last gate that personal data passes before it leaves a list vendor."""

__version__ = "0.1.0"
