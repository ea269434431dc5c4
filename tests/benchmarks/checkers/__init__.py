"""Checks of benchmark solutions, from the instance's file alone: nothing of the solver is here."""
