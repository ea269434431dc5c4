"""How to get there, and in which order."""
