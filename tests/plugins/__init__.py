"""Tests of the plugin core."""
