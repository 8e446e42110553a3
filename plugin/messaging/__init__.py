"""What we say and to whom: the catalogue of texts, share messages, mail, frequency caps."""
