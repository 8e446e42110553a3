"""Names, addresses and devices for customers who are only numbers in the file: made up, always the same for the same number."""

import hashlib
from collections.abc import Mapping

CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aeiou"
COUNTRIES: Mapping[str, str] = {
    "United Kingdom": "GB", "EIRE": "IE", "Germany": "DE", "France": "FR", "Netherlands": "NL", "Spain": "ES", "Switzerland": "CH",
    "Portugal": "PT", "Belgium": "BE", "Channel Islands": "JE", "Sweden": "SE", "Italy": "IT", "Australia": "AU", "Cyprus": "CY",
    "Austria": "AT", "Greece": "GR", "United Arab Emirates": "AE", "Denmark": "DK", "Norway": "NO", "Finland": "FI", "USA": "US",
    "Japan": "JP", "Poland": "PL", "Malta": "MT", "Lithuania": "LT", "Singapore": "SG", "Canada": "CA", "Iceland": "IS", "Israel": "IL",
    "Bahrain": "BH", "RSA": "ZA", "Hong Kong": "HK", "Thailand": "TH", "Brazil": "BR", "Korea": "KR", "Lebanon": "LB", "Bermuda": "BM",
    "Nigeria": "NG", "Saudi Arabia": "SA", "Czech Republic": "CZ"}
ELSEWHERE = "GB"
"""Countries that the file does not name (Unspecified, West Indies) are taken for the shop's own."""


def word(text: str) -> str:
    """Eight letters that can be spoken. Two shoppers' are never much alike, so that no guardrail takes them for one person."""
    seed = hashlib.sha256(text.encode()).digest()
    return "".join(CONSONANTS[seed[at] % 16] + VOWELS[seed[at + 1] % 5] for at in range(0, 8, 2))


def email(shopper: str, *, guest: bool = False) -> str:
    return f"{word('first' + shopper)}.{word('last' + shopper)}{shopper}@{'guests' if guest else 'shoppers'}.example"


def address(shopper: str, country: str) -> dict[str, str]:
    """The fields of the checkout's form."""
    return {"first_name": word("first" + shopper).title(), "last_name": word("last" + shopper).title(),
            "address1": f"{shopper} {word('street' + shopper).title()} Road", "zip": shopper[-6:], "city": word("city" + shopper).title(),
            "country_code": COUNTRIES.get(country, ELSEWHERE)}


def agent(shopper: str) -> str:
    """A browser of their own."""
    build = int.from_bytes(hashlib.sha256(shopper.encode()).digest()[:3], "big")
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.{build} Safari/537.36"
