"""What offers may say and what they come to. Pure."""
