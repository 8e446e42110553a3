"""What every list of the admin shares: what an address asks for, paging, saved views, bulk actions, sheets to download, and notes;
and what is made in versions: drafts, who did what, buttons."""
