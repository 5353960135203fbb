"""Measurements, one module each: `python -m benchmarks [NAME ...]` prints the tables.

A benchmark is a function that returns its tables, in `benchmarks.__main__.BENCHMARKS` under its name.
"""
