"""The warehouse: plan, build, publish and read versions.

A version is a function of landing, decisions, definition and code.

`plan` says what to build, `build` holds the steps, `publish` makes the result the current version, `read` opens one.
"""
