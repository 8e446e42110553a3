"""Who bought, shared and came: the one home of personal data, so that one place can forget it."""
