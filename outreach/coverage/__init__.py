"""Who is missed, how many workers are missing, and where they should sit."""
