"""Obvious versions of what the readers do to bytes, one rule after the other."""

import codecs

CONTROLS = {*range(0x08), *range(0x0E, 0x1A), *range(0x1C, 0x20), 0x7F}


def naive_decode(raw):
    """(text, encoding) or a rule code, for what is too short to ask a detector about."""
    marks = [
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ]
    text = encoding = None
    marked = False
    for mark, codec in marks:
        if raw.startswith(mark) and text is None:
            marked = True
            try:
                text = raw[len(mark) :].decode(codec)
                encoding = "UTF-8-SIG" if codec == "utf-8" else codec.upper()
            except UnicodeDecodeError:
                text = None
    if text is None and not marked:
        try:
            text, encoding = raw.decode("utf-8"), "UTF-8"
        except UnicodeDecodeError:
            return "CC004" if CONTROLS & set(raw) or 0x1A in raw[:-1] else "CC005"
    if text is None:
        return "CC005"
    if "\0" in text:
        return "CC004"
    if text.strip() == "":
        return "CC010"
    return text, encoding


def naive_nearest_licences(path, licence_files):
    """Licences of the deepest folder that holds a licence file; `licence_files` is folder → ids."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in licence_files:
            return licence_files[folder]
    return None
