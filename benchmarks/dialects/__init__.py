"""How a load talks to a server: to ours, and to those that people would pick instead.

A dialect enters a document, writes one operation, and says which operations a message holds. All else, who
types when and what has arrived where, is the same for every server.
"""
