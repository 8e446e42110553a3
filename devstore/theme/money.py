"""How a shop prints money. Liquid amounts are integers in hundredths, whatever the currency (yen too), as on Shopify."""

from dataclasses import dataclass

from devstore.currency import digits

_FORMATS = {
    "GBP": "£{{amount}}",
    "EUR": "€{{amount_with_comma_separator}}",
    "JPY": "¥{{amount_no_decimals}}",
    "USD": "${{amount}}",
    "CHF": "CHF {{amount}}",
    "SEK": "{{amount_no_decimals}} kr",
}
_POWERS = (1, 10, 100)


@dataclass(frozen=True)
class MoneyFormat:
    """One currency's printed form; `pattern` is Shopify's `money_format` of that shop."""

    currency: str
    pattern: str

    def plain(self, hundredths: int) -> str:
        return _fill(self.pattern, hundredths)

    def with_currency(self, hundredths: int) -> str:
        return f"{self.plain(hundredths)} {self.currency}"

    def without_trailing_zeros(self, hundredths: int) -> str:
        text = self.plain(hundredths)
        return text.replace(".00", "").replace(",00", "") if hundredths % 100 == 0 else text

    def without_currency(self, hundredths: int) -> str:
        start, end = self.pattern.index("{{"), self.pattern.index("}}") + 2
        return _fill(self.pattern[start:end], hundredths)


def money_format(currency: str) -> MoneyFormat:
    return MoneyFormat(currency, _FORMATS.get(currency, currency + " {{amount}}"))


def hundredths(minor: int, currency: str) -> int:
    """Liquid's and the cart's unit, out of real minor units: 1000 yen become 100000, a thousandth of a dinar is dropped."""
    places = digits(currency)
    return minor * _POWERS[2 - places] if places <= 2 else minor // _POWERS[places - 2]


def show(minor: int, currency: str) -> str:
    """Real minor units, printed as the shop prints them."""
    return money_format(currency).plain(hundredths(minor, currency))


def with_currency(minor: int, currency: str) -> str:
    """The same with the currency's letters, as totals are."""
    return money_format(currency).with_currency(hundredths(minor, currency))


def _fill(pattern: str, amount: int) -> str:
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    whole, cents = divmod(size, 100)
    rounded = whole + (cents >= 50)
    forms = {
        "{{amount}}": f"{whole:,}.{cents:02d}",
        "{{amount_with_comma_separator}}": f"{whole:,}".replace(",", ".") + f",{cents:02d}",
        "{{amount_no_decimals}}": f"{rounded:,}",
        "{{amount_no_decimals_with_comma_separator}}": f"{rounded:,}".replace(",", "."),
    }
    for mark, text in forms.items():
        pattern = pattern.replace(mark, sign + text)
    return pattern
