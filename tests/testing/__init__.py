"""Tests of what plugin authors are given for theirs."""
