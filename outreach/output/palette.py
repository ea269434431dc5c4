"""A colour per weekday that colour-blind eyes tell apart and that white text can stand on."""

from __future__ import annotations

# Searched for the largest least difference (CIE76 29 and more) seen by normal, protan, deutan
# and tritan eyes (Machado et al. 2009) among colours with a contrast to white of 4.5 and more.
WEEKDAY_COLOURS = (
    "#3727eb",
    "#a86200",
    "#1b4040",
    "#e0008d",
    "#8700a1",
    "#513a11",
    "#190039",
)
"""From Monday to Sunday."""
