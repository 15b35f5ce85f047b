"""Checksums that tell a number of a kind from any other digits."""


def digits_of(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def is_nhs_number(text: str) -> bool:
    """Ten digits, the last of which is the weighted sum of the others modulo 11."""
    digits = digits_of(text)
    if len(digits) != 10:
        return False
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == int(digits[9]) and check != 10


def is_card_number(text: str) -> bool:
    """Luhn's sum over 13 to 19 digits, of which not all are equal."""
    digits = digits_of(text)
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """ISO 13616: the letters as numbers, the first four characters last, leave 1 modulo 97."""
    plain = "".join(text.split()).upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1
