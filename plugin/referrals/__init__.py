"""The customer programme: advocates, friends, versions, terms, sharing, landing and the pool of friend codes."""
