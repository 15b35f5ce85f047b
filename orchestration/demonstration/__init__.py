"""The demonstration: synthetic people, their responses, and a history played through the real channels."""
