"""How often each document is taken: budgets of tokens by language, class and length, met at once.

`mixing.plan_mixture` is the way in: documents → `cells` → `shares` that are asked → `fit` and `budget` → `quotas` → copies, and a `report`.
"""
