"""Obvious twin of the code lexer and of what is made from its tokens: slow, readable, straight from the rows of the languages."""

import hashlib
import re

import naive_dedup as naive
from codecorpus.dedup.lexer_rows import LANGUAGES
from codecorpus.dedup.lexers import Language, word_key

WORD, NUMBER, LITERAL, OPERATOR, TAG, COMMENT = 1, 2, 3, 4, 5, 6
BLANKS = b"\t\n\v\f\r "
ENDS = b"\n\r"
JOINS = {bytes([byte, byte]) for byte in b"&|+-<=:.?"} | {bytes([byte]) + b"=" for byte in b"=!<+-*/%&|^~:?"}
JOINS |= {b"->", b"=>", b"?."}
PARTNERS = {b"(": b")", b"[": b"]", b"{": b"}", b"<": b">"}
DELIMITERS = b"/{([<!|#~^"


class Lexer:
    """One document. `scan` gives the end of what a rule describes; None: it is none; below 0: -1 - where its end was missed."""

    def __init__(self, text, language):
        self.text, self.language = text, LANGUAGES.get(language, Language(is_structural=False))
        letters = rb"A-Za-z_\x80-\xff" + re.escape(self.language.word_bytes).encode()
        self.begins_word = re.compile(b"[" + letters + b"]")
        self.in_word = re.compile(b"[0-9" + letters + re.escape(self.language.word_more).encode() + b"]+")
        self.in_number = re.compile(b"[0-9" + letters + b"]")
        self.rules = sorted(self.language.rules, key=lambda rule: -len(rule.opens))
        self.failed = [0] * len(self.rules)
        self.failed_holes = [0] * len(self.rules)
        self.begin = 3 if text.startswith(b"\xef\xbb\xbf") else 0
        self.in_text = self.language.starts_in_text
        self.end_word, self.misses = None, 0
        self.tokens = []

    def at(self, position):
        return self.text[position : position + 1]

    def line_end(self, position):
        return next((i for i in range(position, len(self.text)) if self.text[i] in ENDS), len(self.text))

    def after_escape(self, position):
        return min(position + (3 if self.text[position + 1 : position + 3] == b"\r\n" else 2), len(self.text))

    def word_end(self, position):
        found = self.in_word.match(self.text, position)
        return found.end() if found else position

    def run(self):
        text, position = self.text, self.begin
        if text.startswith(b"#!", position) and self.at(position + 2) != b"[":
            end = self.line_end(position)
            self.tokens.append((COMMENT, position, end))
            position = end
        while position < len(text):
            kind, end = None, None
            if text[position] in BLANKS:
                position += 1
                if text[position - 1] != 10 or self.end_word is None:
                    continue
                end, self.end_word = self.heredoc_end(position), None
                if end is None:
                    self.misses += 1
                    continue
                kind = LITERAL
            elif self.in_text:
                kind, end = self.enter_php(position)
            else:
                kind, end = self.open(position)
            if kind is None:
                kind, end = self.plain(position)
            self.tokens.append((kind, position, end))
            position = end
        return self.tokens

    def enter_php(self, position):
        found = re.compile(rb"<\?(?!xml)(php|=)?").match(self.text, position)
        if not found:
            return None, None
        self.in_text = False
        return TAG, found.end()

    def open(self, position):
        for number, rule in enumerate(self.rules):
            opens = rule.opens.encode()
            if position < self.failed[number] or not self.text.startswith(opens, position):
                continue
            if not self.is_at(position, rule.where):
                continue
            end = getattr(self, rule.kind)(position, position + len(opens), rule, number)
            if end is not None and end >= 0:
                if rule.kind in ("line", "block") or rule.comment:
                    return COMMENT, end
                return {"op": OPERATOR, "tag_end": TAG, "tag": TAG}.get(rule.kind, LITERAL), end
            self.failed[number] = 0 if end is None else -1 - end
        return None, None

    def is_at(self, position, where):
        if not where or position == self.begin:
            return True
        before = self.text[position - 1 : position]
        if where == "line":
            return before in (b"\n", b"\r")
        if where == "blank":
            return before in BLANKS
        if where == "shell":
            return before in BLANKS or before in b";)&|`"
        follows_arrow = position - 2 >= self.begin and self.text[position - 2 : position] == b"->"
        return not (self.in_word.match(before) or before in b")]}\"'$@%&" or follows_arrow)

    def plain(self, position):
        text, byte = self.text, self.at(position)
        if self.begins_word.match(byte):
            return WORD, self.word_end(position)
        if byte.isdigit():
            return NUMBER, self.number_end(position)
        if byte == b"\\" and self.language.escapes:
            return OPERATOR, self.after_escape(position)
        openers = {rule.opens[0].encode() for rule in self.rules}
        end = position + 1
        while end < min(len(text), position + 3) and text[end - 1 : end + 1] in JOINS:
            if self.at(end) in openers:
                break
            end += 1
            if text[position:end] in (b"++", b"--"):
                break
        return OPERATOR, end

    def number_end(self, begin):
        position = begin + 1
        while position < len(self.text):
            if self.in_number.match(self.at(position)):
                position += 1
                continue
            byte, after = self.at(position), self.at(position + 1)
            is_sign = byte in (b"+", b"-") and self.at(position - 1) in (b"e", b"E")
            is_sign = is_sign and after.isdigit() and self.at(begin + 1).lower() != b"x"
            is_point = byte == b"." and after.isdigit()
            is_quote = self.language.quoted_numbers and byte == b"'" and self.in_word.match(after)
            if not (is_sign or is_point or is_quote):
                break
            position += 2
        return position

    def op(self, begin, after, rule, number):
        return after

    def tag_end(self, begin, after, rule, number):
        self.in_text = True
        return after

    def rest(self, begin, after, rule, number):
        return len(self.text)

    def line(self, begin, after, rule, number):
        position = after
        while position < len(self.text) and self.text[position] not in ENDS:
            if rule.continued and self.at(position) == b"\\":
                position = self.after_escape(position)
            elif rule.before_tag and self.text.startswith(b"?>", position):
                break
            else:
                position += 1
        return position

    def block(self, begin, after, rule, number):
        opens, closes, depth, position = rule.opens.encode(), rule.closes.encode(), 1, after
        while position < len(self.text):
            if self.text.startswith(closes, position):
                position += len(closes)
                depth -= 1
                if not depth:
                    return self.line_end(position) if rule.to_line_end else position
            elif rule.nested and self.text.startswith(opens, position):
                position += len(opens)
                depth += 1
            else:
                position += 1
        return len(self.text) if rule.open_end else -1 - len(self.text)

    tag = block

    def string(self, begin, after, rule, number):
        if rule.hole and begin >= self.failed_holes[number]:
            end = self.with_holes(after, rule)
            if end >= 0:
                return end
            self.failed_holes[number] = -1 - end
        closes, escape, position = rule.closes.encode(), rule.escape.encode(), after
        while position < len(self.text):
            if escape and self.at(position) == escape:
                position = self.after_escape(position)
            elif self.text.startswith(closes, position):
                position += len(closes)
                if not rule.doubled or self.at(position) != closes[:1]:
                    return position
                position += 1
            elif not rule.lines and self.text[position] in ENDS:
                return -1 - position
            else:
                position += 1
        return -1 - len(self.text)

    def with_holes(self, position, rule):
        """A stack of what is open: a quote (bytes), or the depth of brackets in an expression (a list of one number)."""
        closes, escape, hole = rule.closes.encode(), rule.escape.encode(), rule.hole.encode()
        opening = hole[-1:]
        closing = PARTNERS[opening]
        stack = [closes[:1]]
        while position < len(self.text):
            byte, top = self.at(position), stack[-1]
            if not rule.lines and byte in ENDS:
                return -1 - position
            if isinstance(top, list):
                top[0] += (byte == opening) - (byte == closing)
                if not top[0]:
                    stack.pop()
                elif byte in (b'"', b"'", b"`") and len(stack) <= 30:
                    stack.append(byte)
                position += 1
            elif len(stack) <= 30 and top == stack[0] and self.text.startswith(hole, position):
                stack.append([1])
                position += len(hole)
            elif escape and byte == escape:
                position = self.after_escape(position)
            elif len(stack) > 1 and byte == top:
                stack.pop()
                position += 1
            elif len(stack) > 1 and closing == b"}" and byte in ENDS and top != b"`":
                return -1 - position
            elif len(stack) == 1 and self.text.startswith(closes, position):
                position += len(closes)
                if not rule.doubled or self.at(position) != closes[:1]:
                    return position
                position += 1
            else:
                position += 1
        return -1 - len(self.text)

    def char(self, begin, after, rule, number):
        found = re.compile(rb"'(?:\\(?s:.)[^'\n\r]{0,10}|[^'\n\r\\][\x80-\xbf]{0,2})'").match(
            self.text, begin
        )
        found = found or re.compile(rb"'(?:[^'\n\r\\])[\x80-\xbf]{0,2}'").match(self.text, begin)
        return found.end() if found else None

    def raw(self, begin, after, rule, number):
        marks = 0
        position = begin if rule.opens == "#" else after
        while marks < 16 and self.at(position + marks) == b"#":
            marks += 1
        if self.at(position + marks) != b'"':
            return None
        end = self.text.find(b'"' + b"#" * marks, position + marks + 1)
        return end + 1 + marks if end >= 0 else -1 - len(self.text)

    def cpp_raw(self, begin, after, rule, number):
        found = re.compile(rb"([^\t\n\v\f\r (]{0,15})\(").match(self.text, after)
        if not found:
            return None
        closes = b")" + found[1] + rule.opens[-1].encode()
        end = self.text.find(closes, found.end())
        return end + len(closes) if end >= 0 else -1 - len(self.text)

    def long(self, begin, after, rule, number):
        found = re.compile(rb"(={0,16})\[").match(self.text, after)
        if not found:
            return None
        closes = b"]" + found[1] + b"]"
        end = self.text.find(closes, found.end())
        return end + len(closes) if end >= 0 else -1 - len(self.text)

    def regex(self, begin, after, rule, number):
        if not self.regex_may_begin(begin, rule.lines):
            return None
        if self.at(after) == b">":
            return None
        position, in_class = after, False
        while position < len(self.text):
            byte = self.at(position)
            if byte in (b"\n", b"\r"):
                return -1 - position
            if byte == b"\\":
                position += 1
                if self.at(position) in (b"\n", b"\r"):
                    return -1 - position
            elif byte in (b"[", b"]"):
                in_class = byte == b"["
            elif byte == b"/" and not in_class:
                return self.word_end(position + 1)
            position += 1
        return -1 - len(self.text)

    def last(self):
        return next((token for token in reversed(self.tokens) if token[0] != COMMENT), None)

    def regex_may_begin(self, position, lines):
        last = self.last()
        if last is None:
            return True
        kind, begin, end = last
        token = self.text[begin:end]
        if lines and b"\n" in self.text[end:position]:
            return True
        if kind == WORD:
            folded = token.lower() if self.language.folds_case else token
            return folded in {word.encode() for word in self.language.regex_after}
        if kind != OPERATOR:
            return kind == TAG
        if token[-1:] == b">":
            return self.text[end - 2 : end] == b"=>" and end - 2 >= self.begin
        if token[-1:] in (b"+", b"-"):
            return len(token) == 1
        return token[-1:] not in (b")", b"]", b"}", b"<")

    def heredoc(self, begin, after, rule, number):
        if self.end_word is not None or self.misses >= 8:
            return None
        is_free = rule.where == "free"
        position = after
        while not is_free and position < after + 16 and self.at(position) == b" ":
            position += 1
        quote = self.at(position)
        if not quote:
            return None
        if quote in (b'"', b"'", b"`"):
            found = re.compile(quote + b"([^\n\r" + quote + b"]{1,63})" + quote).match(self.text, position)
            if not found:
                return None
            word, end = found[1], found.end()
        else:
            if quote == b"\\":
                position += 1
            elif not self.begins_word.match(quote) or (is_free and not rule.indented and quote >= b"a"):
                return None
            end = min(self.word_end(position), position + 64)
            word = self.text[position:end]
        if not word:
            return None
        self.end_word = (word, rule)
        return end

    def heredoc_end(self, position):
        word, rule = self.end_word
        while position < len(self.text):
            if rule.indented:
                while self.at(position) in (b" ", b"\t"):
                    position += 1
            if self.text.startswith(word, position):
                after = self.at(position + len(word))
                ends = not after or after in ENDS or (rule.open_end and not self.in_word.match(after))
                if ends:
                    return position + len(word)
            line = self.text.find(b"\n", position)
            position = line + 1 if line >= 0 else len(self.text) + 1
        return None

    def scalar(self, begin, after, rule, number):
        last = self.last()
        if last is None or last[0] != OPERATOR or self.text[last[2] - 1 : last[2]] not in (b":", b"-"):
            return None
        found = re.compile(rb"[0-9+-]{0,2}[ \t]*(?:#[^\n\r]*)?(?=[\n\r]|\Z)").match(self.text, after)
        if not found:
            return None
        line = self.text.rfind(b"\n", self.begin, begin) + 1 or self.begin
        column = len(re.compile(rb" *").match(self.text, line)[0])
        while self.text.startswith(b"- ", line + column):
            inner = column + 1 + len(re.compile(rb" *").match(self.text, line + column + 1)[0])
            if line + inner == begin:
                break
            column = inner
        end = position = found.end()
        while position < len(self.text):
            while position < len(self.text) and self.text[position] in ENDS:
                position += 1
            indentation = len(re.compile(rb" *").match(self.text, position)[0])
            first = position + indentation
            if first < len(self.text) and self.text[first] not in ENDS:
                if indentation <= column:
                    break
                end = self.line_end(first)
            position = self.line_end(first)
        return end

    def quote(self, begin, after, rule, number):
        opens = self.at(after)
        if not opens or opens not in DELIMITERS:
            return None
        position = self.body(after + 1, opens)
        if position >= 0 and rule.parts == 2:
            if opens in PARTNERS:
                while position < len(self.text) and self.text[position] in BLANKS:
                    position += 1
                opens = self.at(position)
                if not opens or opens not in DELIMITERS:
                    return -1 - position
                position += 1
            position = self.body(position, opens)
        return self.word_end(position) if position >= 0 else position

    def body(self, position, opens):
        closes, depth = PARTNERS.get(opens, opens), 1
        while position < len(self.text):
            byte = self.at(position)
            if byte == b"\\":
                position += 1
            elif byte == closes:
                depth -= 1
                if not depth:
                    return position + 1
            elif byte == opens:
                depth += 1
            position += 1
        return -1 - len(self.text)


def lex(text, language):
    return Lexer(text, language).run()


def header_end(text, language):
    comments = 0
    for kind, begin, _ in lex(text, language):
        if kind == COMMENT:
            comments += 1
        elif kind != TAG:
            return begin if comments else 0
    return 0


def code_key(text, language, least):
    """(key or None, tokens of code)."""
    tokens = lex(text, language)
    code = [token for token in tokens if token[0] != COMMENT]
    chosen, out = (code, b"\x02") if len(code) >= least else (tokens, b"\x01")
    before = None
    for kind, begin, end in chosen:
        token = text[begin:end]
        token = b" ".join(token.split()) if kind == COMMENT else token.replace(b"\r\n", b"\n")
        out += token if before is None or {before, kind} == {WORD, OPERATOR} else b" " + token
        before = kind
    return hashlib.sha256(out).digest()[:16] if chosen else None, len(code)


def structure(text, language, shingle, most_literals):
    """Hashes of all structural shingles, in order, repeats included."""
    row = LANGUAGES.get(language)
    if row is None or not row.is_structural:
        return []
    keywords = {(word.lower() if row.folds_case else word).encode() for word in row.keywords}
    tokens = [token for token in lex(text, language) if token[0] != COMMENT]
    literals = sum(kind in (NUMBER, LITERAL) for kind, _, _ in tokens)
    exact = literals / max(1, len(tokens)) > most_literals
    symbols = []
    for kind, begin, end in tokens:
        token = text[begin:end].lower() if row.folds_case else text[begin:end]
        if kind == WORD and token not in keywords:
            symbols.append(naive.mix64(1))
        elif kind in (NUMBER, LITERAL) and not exact:
            symbols.append(naive.mix64(kind))
        else:
            symbols.append(naive.mix64(word_key(token)))
    hashes = []
    for start in range(len(symbols) - shingle + 1):
        value = 0
        for symbol in symbols[start : start + shingle]:
            value = (value * naive.BASE + symbol) & naive.MASK64
        hashes.append(naive.mix64(value))
    return hashes


def fresh(hashes):
    """Those that the filter of 1,024 slots did not see a moment ago."""
    recent, found = {}, []
    for value in hashes:
        if recent.get(value % 1024) != value:
            recent[value % 1024] = value
            found.append(value)
    return found


def numbered(hashes):
    """Every occurrence of a shingle as a member of its own: the k-th is k steps further."""
    return {
        (value + hashes[:index].count(value) * 0xD6E8FEB86659FD93) & naive.MASK64
        for index, value in enumerate(hashes)
    }
