"""The cases of Autobahn|Testsuite, driven by `kosoku`, against the server's own connection layer."""
