"""Training of the tagger: names, sentences and noise that the project makes itself, and the fitting of the model."""
