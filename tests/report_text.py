"""What no output for people may hold."""

import re

#: Control characters but for line ends and tabs; marks of direction, of no width, and byte order marks.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
