"""The merchant's side: the app in its frame, orders and goods, and the buttons that only a development store has."""
