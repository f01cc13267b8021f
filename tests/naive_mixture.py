"""The obvious twins of the loops over the documents of a mixture; lists in the order in which documents are tried."""


def taken(tokens, cells, groups, room, copies, cell_room, tolerance):
    """Copies of each document after all three passes."""
    room, cell_room = list(room), list(cell_room)
    copies = [list(row) for row in copies]
    _first(tokens, cells, groups, room, copies, cell_room)
    for _ in range(12):
        if not _sweep(tokens, cells, groups, room, copies, tolerance):
            break
    _trim(tokens, cells, groups, room, copies)
    for document, cell in enumerate(cells):
        own = groups[cell]
        if copies[document][0] < copies[document][2] and all(room[one] >= tokens[document] for one in own):
            _take(document, 1, tokens, own, room, copies)
    return [row[0] for row in copies], room


def _first(tokens, cells, groups, room, copies, cell_room):
    ended = set()
    for document, cell in enumerate(cells):
        own = groups[cell]
        if cell in ended or copies[document][0] == copies[document][2]:
            continue
        if tokens[document] > min([cell_room[cell], *(room[one] for one in own)]):
            ended.add(cell)
        else:
            cell_room[cell] -= tokens[document]
            _take(document, 1, tokens, own, room, copies)


def _sweep(tokens, cells, groups, room, copies, tolerance):
    changed = False
    for document, cell in enumerate(cells):
        _, *values, limit = groups[cell]
        if all(abs(room[one]) <= tolerance for one in values):
            continue
        for step in (1, -1):
            least, most = copies[document][1:]
            after = copies[document][0] + step
            if not least <= after <= most:
                continue
            size = step * tokens[document]
            if step == 1 and room[limit] < size:
                continue
            if sum((room[one] - size) ** 2 for one in values) < sum(room[one] ** 2 for one in values):
                _take(document, step, tokens, groups[cell], room, copies)
                changed = True
                break
    return changed


def _trim(tokens, cells, groups, room, copies):
    def too_much(document):
        return sum(room[one] for one in groups[cells[document]][1:-1]) < 0

    def can_go():
        return [one for one, size in enumerate(tokens) if size > 0 and copies[one][0] > copies[one][1]]

    for document in reversed(can_go()):
        if tokens[document] <= -room[0] and too_much(document):
            _take(document, -1, tokens, groups[cells[document]], room, copies)
    while room[0] < 0 and can_go():
        document = min(can_go(), key=lambda one: (not too_much(one), tokens[one]))
        _take(document, -1, tokens, groups[cells[document]], room, copies)


def _take(document, step, tokens, own, room, copies):
    for one in own:
        room[one] -= step * tokens[document]
    copies[document][0] += step
