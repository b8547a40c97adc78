"""Servers that start without Docker, from binaries that a Python package brings along."""
