"""``./run demo``: the development store and the app as processes of this machine, joined by settings alone."""
