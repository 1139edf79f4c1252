"""Fonts, the streaming page writer and its reader; public for plugins."""
