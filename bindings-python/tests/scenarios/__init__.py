"""Runs the scenarios of tests/scenarios through the provider, as threads and as tasks."""
