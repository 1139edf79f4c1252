"""From order to package: screen, render, enclose, re-read, release."""
