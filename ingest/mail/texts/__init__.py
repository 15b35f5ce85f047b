"""Readers of what stands in a message itself: answers under numbers, questions or labels, and letters."""
