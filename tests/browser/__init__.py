"""Real browser windows on a real server, with cuts, crashes and restarts in between."""
