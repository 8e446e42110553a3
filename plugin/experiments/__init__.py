"""Who is shown what so that the difference can be measured: arms, how often offers were shown, what each arm's visitors bought."""
