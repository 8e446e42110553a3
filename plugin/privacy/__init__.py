"""What the law asks: telling people what we know about them, forgetting them, and forgetting in time by ourselves."""
