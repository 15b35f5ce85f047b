"""Officers' pages: plain forms behind the sign-in, without a script."""
