# ruff: noqa: SIM905 - lists of words read better as text
"""Pairs of mail addresses: one person in disguise, and two honest people. Made from a seed, by rules written down here.

Honest pairs are drawn as people come: common names, one in ten of one family, one in six of one workplace. Nothing is
filtered afterwards.
"""

import random
from collections.abc import Callable

FIRST = ("anna ben clara david elena felix greta hugo ines jonas karla leo mia nils olga paul rosa sam tina uwe vera will yara zoe amir "
         "bianca chen dora emil fatima george hanna igor julia kevin laura marek nora oscar priya quentin ruth stefan thea umar viola "
         "wendy xaver yusuf zara").split()
LAST = ("smith jones mueller schmidt weber garcia rossi novak kowalski jansen dubois martin silva nielsen hansen larsson virtanen "
        "papadopoulos yilmaz ivanov popov horvat nagy szabo kovacs fischer wagner becker hoffmann keller brown taylor wilson clark lewis "
        "walker young king wright green baker adams nelson carter mitchell turner parker collins murphy kelly ryan byrne khan patel "
        "singh kumar chen wang nguyen tran kim park tanaka sato suzuki").split()
DOMAINS = "gmail.com outlook.com yahoo.com gmx.de web.de icloud.com proton.me example.org".split()
Person = tuple[str, str]


def _spellings(chance: random.Random, first: str, last: str) -> str:
    number = str(chance.randint(1, 99))
    return chance.choice([f"{first}.{last}", f"{first}{last}", f"{first[0]}.{last}", f"{first}_{last}", f"{last}.{first}",
                          f"{first}.{last}{number}", f"{first}{number}", f"{first[0]}{last}{number}"])


def honest_pairs(count: int, seed: int = 7) -> list[Person]:
    chance = random.Random(seed)
    return [_honest(chance) for _ in range(count)]


def _honest(chance: random.Random) -> Person:
    first, other_first = chance.sample(FIRST, 2)
    last, other_last = chance.sample(LAST, 2)
    domain, other_domain = chance.choice(DOMAINS), chance.choice(DOMAINS)
    if chance.random() < 0.10:
        other_last = last
    if chance.random() < 1 / 6:
        domain = other_domain = f"{chance.choice(LAST)}-works.example"
    return f"{_spellings(chance, first, last)}@{domain}", f"{_spellings(chance, other_first, other_last)}@{other_domain}"


DISGUISES: tuple[Callable[[random.Random, str, str], Person], ...] = (
    lambda c, local, domain: (f"{local}@{domain}", f"{local}+{c.choice(['shop', '1', 'friend'])}@{domain}"),
    lambda c, local, domain: (f"{local}@gmail.com", f"{local[:3]}.{local[3:].replace('.', '')}@gmail.com"),
    lambda c, local, domain: (f"{local}@gmail.com", f"{local}@googlemail.com"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local.upper()}@{domain.title()}"),
    lambda c, local, domain: (f"{local}@{domain}", "".join(chr(ord(x) + 0xFEE0) if x.isalpha() else x for x in local) + f"@{domain}"),
    lambda c, local, domain: (f"{local}@bücher.example", f"{local}@xn--bcher-kva.example"),
    lambda c, local, domain: (f"{local}@{domain}", f" {local}@{domain}. "),
    lambda c, local, domain: (f"{local}@{domain}", f"{local}@{c.choice([d for d in DOMAINS if d != domain])}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local}{c.randint(1, 2030)}@{c.choice(DOMAINS)}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local.replace('.', '_')}@{c.choice(DOMAINS)}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{'.'.join(reversed(local.split('.')))}@{domain}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local.translate(str.maketrans('aeo', 'аео'))}@{domain}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local.replace('o', '0').replace('e', '3')}@{c.choice(DOMAINS)}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local[:-1]}@{c.choice(DOMAINS)}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local}{local[-1]}@{c.choice(DOMAINS)}"),
    lambda c, local, domain: (f"{local}@{domain}", f"{local[:2]}{local[3]}{local[2]}{local[4:]}@{c.choice(DOMAINS)}"),
)


def alias_pairs(count: int, seed: int = 11) -> list[Person]:
    """One person's two addresses, all disguises in turn."""
    chance = random.Random(seed)
    return [DISGUISES[n % len(DISGUISES)](chance, f"{chance.choice(FIRST)}.{chance.choice(LAST)}", chance.choice(DOMAINS))
            for n in range(count)]
