"""The repository as a whole: what may import what, what may be in a file, what users install and read."""
