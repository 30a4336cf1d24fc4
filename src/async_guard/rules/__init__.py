"""Which call sites are wrong, and why: one module per rule, found by `async_guard.rules.registry`.

Every module of this package but the registry is a rule: its docstring is the rule's page, ``META`` its identity, ``check`` its judgement.
Judgements that several rules share live in sub-packages.
"""
