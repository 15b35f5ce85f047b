"""The commands of `yoursay`, a module for each subject. Each command is thin: it calls one function of a room."""
