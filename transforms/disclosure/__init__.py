"""What may be seen of the exact counts: suppression, steps, rounding, the gate of the promises. No row, no text."""
