"""Words that stay themselves when code is compared without its names: keywords, types and functions that come with a language.

One list for all languages, because a copy is searched in documents of every language and of none. Attributes (`.append`, `->next`,
`Vec::new`) need no list: what follows a dot, an arrow or `::` is mostly of a library.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from codecorpus.dedup.lookup import Lookup, hash_names, lookup_of

_KEYWORDS = """
and as assert async await break case catch class const continue def default defer del delete do elif else enum except extends extern false
False final finally fn for foreach from func function global go goto if impl implements import in instanceof interface is lambda let loop
match
mod module mut namespace new nil None nonlocal not null nullptr NULL of operator or override package pass private protected pub public
raise range
ref return Self self select sizeof static struct super switch template this throw throws trait true True try type typedef typename typeof
undefined union unsafe unsigned until use using var virtual void volatile where while with yield end then begin unless
"""

_TYPES = """
Array ArrayList Arrays BigInt Boolean Box Char Character Collections Comparator Counter Date Deque Dict Double Err Error Exception Float
Function HashMap
HashSet Hashtable Integer Iterator Iterable LinkedList List Long Map Math Number Object Ok Option Optional Ordering Pair Queue Random
RegExp Result Set Some Stack StringBuffer StringBuilder String System TreeMap TreeSet Tuple Union Vec VecDeque Vector Any
bool boolean byte bytes char complex dict double error f32 f64 float float32 float64 frozenset i8 i16 i32 i64 i128 int int8 int16 int32
int64 isize list
long map object pair queue rune set short signed size_t slice stack str string tuple u8 u16 u32 u64 u128 uint8 uint16 uint32 uint64 uint
usize unordered_map unordered_set vector wchar_t
"""

_FUNCTIONS = """
abs all any append assert_eq atoi bin bisect callable cap ceil chr cin close cmp console copy cout defaultdict dir divmod endl enumerate
eprintln eval exec
exit fabs filter find floor fmt format functools getattr hasattr hash heapq hex id input insert isNaN isdigit isinstance isalpha islower
isupper
issubclass iter itertools join json len log locals main make math max memcpy memset min next oct open ord os panic parseFloat parseInt pop
pow
print printf println push_back puts re repr replace require reverse reversed round setattr shuffle size sizeof sort sorted split sprintf
sqrt std strcat strcmp strcpy strconv strings strlen substr sum swap sys tolower toupper to_string unicode vars vec zip
"""


def code_words() -> tuple[str, ...]:
    """The words, sorted.

    >>> {"return", "int", "len"} <= set(code_words())
    True
    """
    return tuple(sorted({*_KEYWORDS.split(), *_TYPES.split(), *_FUNCTIONS.split()}))


@cache
def word_lookup() -> Lookup:
    """Their hashes, for the kernels."""
    return lookup_of(np.unique(hash_names(list(code_words()))))
