"""The public site's pages of results: a function of the releases and their register."""
