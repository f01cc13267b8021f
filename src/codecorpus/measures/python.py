"""What is counted in Python alone."""

from __future__ import annotations

from codecorpus.measures.share import Pick, Share

_LANGUAGE = "Python"
_COMPARISONS = {_LANGUAGE: (Pick("comparison_operator"),)}
# Modules that Python 3.12 and 3.13 no longer have (PEP 632 and 594), and those that only Python 2 had.
_REMOVED = (
    "imp distutils distutils.* lib2to3.* asynchat asyncore smtpd aifc audioop cgi cgitb chunk crypt imghdr mailcap msilib nis nntplib"
    " ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib lib2to3 urllib2 urlparse httplib ConfigParser Queue"
    " StringIO cStringIO cPickle Tkinter HTMLParser SocketServer __builtin__ commands sets md5 sha exceptions thread"
    " BaseHTTPServer SimpleHTTPServer cookielib Cookie xmlrpclib robotparser"
)

#: Nodes that only Python 2 has. They are counted where `ast` rejects the file: some of them are an honest part of Python 3 elsewhere.
PYTHON_2 = (
    Pick("print_statement exec_statement"),
    Pick("'<>'"),
    Pick("','", within="except_clause"),
    Pick("expression_list", within="raise_statement"),
    Pick("string_start", words="` ur' ur\" UR' UR\""),
    Pick("integer", words="0777 0755 0644 0666 0600 0700 0L 1L -1L"),
)

PYTHON = (
    Share(
        "python_wildcard_import_share",
        "`from x import *` / imports, 4 at least",
        {_LANGUAGE: (Pick("wildcard_import"),)},
        base="imports",
        at_least=4,
    ),
    Share(
        "python_bare_except_share",
        "`except:` without a type / except clauses, 4 at least",
        {_LANGUAGE: (Pick("':'", within="except_clause", after="'except'"),)},
        per={_LANGUAGE: (Pick("except_clause"),)},
        at_least=4,
    ),
    Share(
        "python_eval_share",
        "calls of eval and exec / statements, 20 at least",
        {_LANGUAGE: (Pick("identifier", within="call", words="eval exec execfile"), Pick("exec_statement"))},
    ),
    Share(
        "python_global_share",
        "global statements / statements, 20 at least",
        {_LANGUAGE: (Pick("global_statement"),)},
    ),
    Share(
        "python_mutable_default_share",
        "parameters whose default is a list, dictionary or set / functions, 5 at least",
        {
            _LANGUAGE: (
                Pick(
                    "list dictionary set list_comprehension dictionary_comprehension set_comprehension",
                    within="default_parameter typed_default_parameter",
                ),
                Pick("call", within="default_parameter typed_default_parameter", words="list() dict() set()"),
            )
        },
        base="functions",
        at_least=5,
    ),
    Share(
        "python_removed_module_share",
        "imports of modules that current Python no longer has / imports, 4 at least",
        {
            _LANGUAGE: (
                Pick("dotted_name", within="import_statement", words=_REMOVED),
                Pick("dotted_name", "aliased_import", "import_statement", words=_REMOVED),
                Pick("dotted_name", within="import_from_statement", after="'from'", words=_REMOVED),
            )
        },
        base="imports",
        at_least=4,
    ),
    Share(
        "python_index_loop_share",
        "`range(len(x))` / for loops, 5 at least",
        {_LANGUAGE: (Pick("call", within="for_statement for_in_clause", words="range(len(* xrange(len(*"),)},
        per={_LANGUAGE: (Pick("for_statement for_in_clause"),)},
        at_least=5,
    ),
    Share(
        "python_none_comparison_share",
        "`== None`, `!= True` and the like / comparisons, 10 at least",
        {_LANGUAGE: (Pick("none true false", within="comparison_operator", after="'==' '!='"),)},
        per=_COMPARISONS,
        at_least=10,
    ),
    Share(
        "python_type_comparison_share",
        "`type(x) == int`, `type(x) == type(y)` and the like / comparisons, 10 at least",
        {
            _LANGUAGE: (
                Pick(
                    "identifier",
                    within="comparison_operator",
                    after="'==' '!='",
                    words="int str float list dict tuple set bool bytes type object complex frozenset bytearray long unicode",
                ),
                Pick("call", within="comparison_operator", after="'==' '!='", words="type(*"),
            )
        },
        per=_COMPARISONS,
        at_least=10,
    ),
    Share(
        "python_old_class_share",
        "classes that derive from `object` by name, as Python 2 asked for / classes, 4 at least",
        {_LANGUAGE: (Pick("identifier", "argument_list", "class_definition", words="object"),)},
        per={_LANGUAGE: (Pick("class_definition"),)},
        at_least=4,
    ),
)
