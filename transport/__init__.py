"""Sessions, rooms and clients over WebSockets."""
