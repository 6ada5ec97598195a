"""The first room: what came in, checked and counted."""
