"""What comes in: the inbox, the webhooks' door, backfill at install and reconciliation."""
