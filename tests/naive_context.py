"""The obvious forms of what `codecorpus.fim` computes for repositories."""

from __future__ import annotations


def ending(entries, names, near, is_seen):
    """The nearest entry whose names end like these; entries are (names, directory, rank, file)."""
    fitting = [entry for entry in entries if entry.names[-len(names) :] == names]
    if not fitting:
        return -1

    def common(entry):
        count = 0
        while count < min(len(near), len(entry.directory)) and near[count] == entry.directory[count]:
            count += 1
        return count

    nearest = max(common(entry) for entry in fitting)
    fitting = [entry for entry in fitting if common(entry) == nearest and is_seen(entry.directory, near)]
    best = min(((entry.rank, len(entry.directory)) for entry in fitting), default=None)
    fitting = [entry for entry in fitting if (entry.rank, len(entry.directory)) == best]
    places = {(entry.names, entry.directory) for entry in fitting}
    return min(entry.file for entry in fitting) if len(places) == 1 else -1


def reachable(graph):
    """For each node the set of nodes that it reaches, itself included."""
    reach = [{node} for node in range(len(graph))]
    changed = True
    while changed:
        changed = False
        for node, others in enumerate(graph):
            for other in others:
                if not reach[other] <= reach[node]:
                    reach[node] |= reach[other]
                    changed = True
    return reach


def components(graph):
    """The set of strongly connected components."""
    reach = reachable(graph)
    return {frozenset(other for other in reach[node] if node in reach[other]) for node in range(len(graph))}


def break_cycle(component, graph, place):
    """The nodes of a component, each time the best of those that are left."""
    left, order = set(component), []
    while left:

        def key(node):
            waits = sum(other in left for other in graph[node])
            wanted = sum(node in graph[other] for other in left)
            return waits > 0, waits - wanted, place[node]

        order.append(min(left, key=key))
        left.remove(order[-1])
    return order


def plain_parts(order, sizes, budget):
    """The order cut as it comes."""
    parts, filled = [], 0
    for file in order:
        if not parts or filled + sizes[file] > budget:
            parts.append([])
            filled = 0
        parts[-1].append(file)
        filled += sizes[file]
    return parts
