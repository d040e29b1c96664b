"""Plays the corpus of tests/vectors through the package's public interface."""
