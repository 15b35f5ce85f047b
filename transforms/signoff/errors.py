"""What goes wrong with a sign-off."""

from transforms.errors import TransformError


class SignOffError(TransformError):
    """A step of the sign-off cannot be taken."""
