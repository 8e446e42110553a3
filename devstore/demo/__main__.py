"""``./run demo [--story | --replay FILE] [...]``."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

from devstore.demo.launch import Place, launched, stay
from devstore.demo.processes import Ended

USAGE = """usage: ./run demo                    start everything, print the addresses, stay until Ctrl-C
       ./run demo --story  [...]     play the walk and offers, and check them; --story --help for its options
       ./run demo --replay FILE [...] send real order lines through the store; --replay --help for its options"""

WELCOME = """
Tandem is running. The merchant's side: {admin}     The shop: {shop}

Try this (ten minutes):
  1. Merchant  {admin}/store/north/apps/tandem   Install Tandem. Its guide proposes a programme to publish,
               and leads into the theme and the checkout editor, where you place its blocks.
  2. Alice     {shop}/   Buy something. The thank-you page offers a link to share: copy it.
  3. Bob       Open Alice's link in a private window, claim the welcome code, add a pair, check out.
  4. Merchant  Tandem, Referrals: the order says step by step why it counted. Alice's reward waits out its hold.
  5. Time      "+14 days" at the top of the admin. The reward is issued; her mail is under "Mail sent".
  6. Refund    Bob's order under "Orders": the reward is taken back, and the books say so.
  7. Offers    Tandem, Offers: start with an example of your own goods, save and switch on; it is on the product's page and in the price.
  8. Then      {admin}/store/north/settings/checkout/editor gives Tandem the post-purchase page:
               buy one part of a set, and it offers the other when you have paid.

Every part of the pages, in every state: {admin}/store/north/apps/tandem/app/kit
Logs: {logs}        Ctrl-C ends everything.
"""


def main(words: Sequence[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return _dispatch(list(words))
    except Ended as ended:
        print(f"\n./run demo: {ended}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nended.", file=sys.stderr)
        return 130


def _dispatch(words: list[str]) -> int:
    if words[:1] == ["--story"]:
        from devstore.demo.story import main as story

        return story(words[1:])
    if words[:1] == ["--replay"]:
        from devstore.demo.replay import main as replay

        return replay(words[1:])
    if words:
        print(USAGE)
        return 0 if words[0] in ("-h", "--help") else 2
    return _stay()


def _stay() -> int:
    with launched(bare=True) as (place, crew):
        print(_welcome(place), flush=True)
        try:
            stay(crew)
        except KeyboardInterrupt:
            print("\nending…", flush=True)
    return 0


def _welcome(place: Place) -> str:
    return WELCOME.format(admin=place.admin, shop=place.shop("north"), logs=place.folder / "logs")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
