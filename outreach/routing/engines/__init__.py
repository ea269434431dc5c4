"""What computes shortest durations: one protocol, two engines."""
