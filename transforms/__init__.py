"""Plain functions from opened responses to marts, protected tables and releases. Uses schemas/ alone."""
