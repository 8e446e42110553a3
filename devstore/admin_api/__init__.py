"""The Admin GraphQL API 2026-10: schema.graphql is a true part of the published one; graphql-core executes documents against it."""
