"""A task that does next to nothing, importable by workers."""


def write(out, text):
    (out / "text.txt").write_text(text)
    return {"length": len(text)}
