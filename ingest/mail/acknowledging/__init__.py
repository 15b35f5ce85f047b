"""Acknowledgements by e-mail: to whom, what they say, and that they are sent once."""
