"""State as GraphQL objects: dictionaries whose dear fields are functions, called only when selected."""
