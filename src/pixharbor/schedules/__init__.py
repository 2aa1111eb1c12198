"""Schedules: which places are imported again by themselves, and when."""
