"""Tests, by what they hold: one folder for each part, one name for each property."""
