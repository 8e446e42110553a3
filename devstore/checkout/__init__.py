"""The checkout and the pages after it, with the app's UI extensions in them."""
