"""What a consultation, a response and a decision are. This room imports nothing else of the project."""
