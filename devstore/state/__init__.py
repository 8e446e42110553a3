"""What the stores hold, as plain dataclasses (amounts: minor units of the shop's currency; times: aware UTC), and ``store.Store``."""
