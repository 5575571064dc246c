"""Writes of the guard, by subject: files, alarms, mass acts, the chain."""
