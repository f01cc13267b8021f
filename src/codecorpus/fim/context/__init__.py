"""Which documents of a repository stand together, and in which order.

`corpus_order.repository_order` is the way in: what documents import (`codecorpus.parse.imports`) → `resolve`, by language (`scripts`,
`modules`, `types`) → `file_order`, dependencies first → `parts` that fit a sequence.
"""
