"""Coverage-guided fuzzing: bytes that somebody else chose, through the decoder and through every type.

A target is a function of some bytes that returns, or raises where something is not as documented. `make fuzz`
has atheris (libFuzzer for Python) look for bytes that reach new lines of `ot` and `transport`; the inputs in
`corpus/` reach those that were found so far, and the test command runs each of them once, without atheris.
"""
