"""What is said beside figures that do not add up, in the same words on every screen and in every file."""

SUM_OVER_TYPES = "Who gave several descriptions counts under each of them, so the figures need not add up to the base."
SOME_WAIT = (
    "The figures change in steps, so that nobody's answer can be worked out: the last few answers are not in them."
)
ALL_WAIT = "Too few answers to show: figures change in steps, so that nobody's answer can be worked out."
FEW_MORE = (
    "Where only a few answers came after figures were shown before, they are not in them, so that nobody's answer can "
    "be worked out."
)
