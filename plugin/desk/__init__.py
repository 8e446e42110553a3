"""What every list of the admin shares: what an address asks for, paging, saved views, bulk actions, sheets to download, and notes."""
