"""Solvers behind one protocol: a problem in, a plan out."""
