"""What may befall a server in a year, in a minute: killed, stopped, starved of its disk, crowded, attacked.

`python -m tests.torture` runs every scenario against a server in a process of its own, with its SQLite store
and real clients, and prints a line for each. Whatever happens, what people type is there once.
"""
