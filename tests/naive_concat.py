"""The obvious twins of the loops that shuffle samples, and that fill rows one after the other."""


def shuffled(draws):
    order = list(range(len(draws)))
    for place in reversed(range(1, len(draws))):
        other = (draws[place] // 2**32) * (place + 1) // 2**32
        order[place], order[other] = order[other], order[place]
    return order


def concatenated(stream, lengths, cuttable, capacity):
    """Rows as lists of (sample, start, stop)."""
    waiting = [(sample, 0) for sample in stream]
    rows = []
    while waiting:
        row, space = [], capacity
        while space:
            fits = [
                number
                for number, (sample, start) in enumerate(waiting)
                if cuttable[sample] or lengths[sample] <= space
            ]
            blocked = [number for number, (sample, _) in enumerate(waiting) if not cuttable[sample]]
            # Of the samples that cannot be cut, only the first may go; the others stand in line behind it.
            fits = [number for number in fits if cuttable[waiting[number][0]] or number == blocked[0]]
            if not fits:
                break
            sample, start = waiting[fits[0]]
            stop = min(lengths[sample], start + space)
            row.append((sample, start, stop))
            space -= stop - start
            if stop == lengths[sample]:
                del waiting[fits[0]]
            else:
                waiting[fits[0]] = (sample, stop)
        rows.append(row)
    return rows
