"""The Python document types beside the npm packages whose formats they have, on fresh random cases.

`python -m tests.differential` is a command of its own; `make differential` installs the packages for it.
"""
