"""Reads of the guard, by subject: readings and alarms, mass acts, the chain."""
