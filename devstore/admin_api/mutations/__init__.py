"""The root fields of Mutation. Each answers its payload; what is wrong with the input comes back as ``userErrors``."""

from devstore.admin_api.call import Resolver
from devstore.admin_api.mutations import bulk, bundles, codes, credit, discounts, marks

MUTATIONS: dict[str, Resolver] = {**discounts.MUTATIONS, **codes.MUTATIONS, **credit.MUTATIONS, **marks.MUTATIONS, **bulk.MUTATIONS,
                                  **bundles.MUTATIONS}
