"""Opens MDS with MosaicML's own reader."""

from __future__ import annotations

import sys

from expected import cases, report


def mds(case):
    from streaming import StreamingDataset

    dataset = StreamingDataset(local=str(case.path("mds")), remote=None, shuffle=False, batch_size=1)
    items = [dataset[n] for n in range(len(dataset))]
    name = "streaming StreamingDataset"
    report(name, case.name, "ids", (i["tokens"] for i in items), case.ids)
    report(name, case.name, "seq_lengths", (i["seq_lengths"] for i in items), case.rows["seq_lengths"])
    if case.has_mask:
        report(name, case.name, "loss mask", (i["loss_mask"] for i in items), case.rows["loss_mask"])


def main(fixtures):
    for case in cases(fixtures, "mds"):
        mds(case)


if __name__ == "__main__":
    main(sys.argv[1])
