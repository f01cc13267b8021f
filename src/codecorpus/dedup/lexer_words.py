"""Keywords of the languages, from their reference manuals, and the words before regular expressions.

Constants (`true`, `None`) are among the keywords. Names of built-in types are too where the manual reserves them. Words that are keywords
in some places only and usual names elsewhere (`get`, `match`, `record`) are left out: a changed name must not look like another structure.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


C = _words("""
auto break case char const continue default do double else enum extern float for goto if inline int long register restrict
return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool _Complex _Atomic _Generic
_Noreturn _Static_assert _Thread_local bool true false NULL nullptr alignas alignof constexpr static_assert thread_local
include define undef ifdef ifndef elif endif pragma defined
""")
CPP = C | _words("""
and and_eq asm bitand bitor catch class compl concept consteval constinit const_cast co_await co_return co_yield decltype delete
dynamic_cast explicit export friend mutable namespace new noexcept not not_eq operator or or_eq private protected public
reinterpret_cast requires static_cast template this throw try typeid typename using virtual wchar_t xor xor_eq
char8_t char16_t char32_t
""")
OBJECTIVE_C = C | _words("""
interface implementation protocol synthesize class self super nil YES NO
autoreleasepool try catch finally throw import encode synchronized instancetype
""")
JAVA = _words("""
abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float
for goto if implements import instanceof int interface long native new package private protected public return short static
strictfp super switch synchronized this throw throws transient try void volatile while true false null var
""")
JAVASCRIPT = _words("""
async await break case catch class const continue debugger default delete do else enum export extends finally for function if
import in instanceof let new return static super switch this throw try typeof var void while with yield true false null
undefined
""")
TYPESCRIPT = JAVASCRIPT | _words("""
abstract any bigint boolean declare implements infer interface keyof namespace never number override
private protected public readonly satisfies string symbol unknown
""")
BEFORE_REGEX = _words(
    "return typeof case in of delete void throw new do else yield await instanceof default extends"
)
PYTHON = _words("""
False None True and as assert async await break class continue def del elif else except finally for from global if import in is
lambda nonlocal not or pass raise return try while with yield
""")
GO = _words("""
break case chan const continue default defer else fallthrough for func go goto if import interface map package range return
select struct switch type var true false nil iota
""")
RUST = _words("""
as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return
self Self static struct super trait true type unsafe use where while
""")
C_SHARP = _words("""
abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event
explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null
object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static
string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while var async
await yield
""")
PHP = _words("""
abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enddeclare
endfor endforeach endif endswitch endwhile enum extends final finally fn for foreach function global goto if implements include
include_once instanceof insteadof interface isset list match namespace new or print private protected public readonly require
require_once return static switch throw trait try unset use var while xor yield true false null self parent $this php
""")
SHELL = _words("""
if then else elif fi case esac for select while until do done in function time return exit break continue local export readonly
declare typeset unset shift set eval exec source trap test echo printf read cd true false
""")
RUBY = _words("""
BEGIN END alias and begin break case class def defined? do else elsif end ensure false for if in module next nil not or redo
rescue retry return self super then true undef unless until when while yield require require_relative include extend private
protected public attr_reader attr_writer attr_accessor raise lambda proc loop
""")
BEFORE_REGEX_IN_RUBY = _words(
    "if unless while until and or not when return in then elsif do case else split match scan gsub sub match? puts yield"
)
PERL = _words("""
if unless else elsif while until for foreach do last next redo goto return sub my our local package use no require BEGIN END eq
ne lt gt le ge cmp and or not xor x undef defined ref bless die warn eval print wantarray shift push pop scalar keys values each
delete exists
""")
BEFORE_REGEX_IN_PERL = _words(
    "split grep map join if unless and or not return x lt gt eq ne cmp while until push unshift when xor"
)
KOTLIN = _words("""
as break class continue do else false for fun if in interface is null object package return super this throw true try typealias
typeof val var when while catch constructor finally import abstract companion const enum external
final infix inline internal lateinit operator out override private protected public reified sealed suspend vararg
""")
SWIFT = _words("""
associatedtype class deinit enum extension fileprivate func import init inout internal let operator private protocol public
rethrows static struct subscript typealias var break case continue default defer do else fallthrough for guard if in repeat
return switch where while as catch false is nil self Self super throw throws true try async await actor some any override final
lazy weak unowned mutating convenience required indirect willSet didSet
""")
SCALA = _words("""
abstract case catch class def do else extends false final finally for forSome if implicit import lazy match new null object
override package private protected return sealed super this throw trait try true type val var while with yield enum

""")
LUA = _words(
    "and break do else elseif end false for function goto if in local nil not or repeat return then true until while self"
)
R = _words(
    "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in library require return"
)
HASKELL = _words("""
case class data default deriving do else family forall foreign hiding if import in infix infixl infixr instance let mdo module
newtype of qualified then type where as
""")
OCAML = _words("""
and as assert begin class constraint do done downto else end exception external false for fun function functor if in include
inherit initializer lazy let match method module mutable new nonrec object of open or private rec sig struct then to true try type
val virtual when while with
""")
DART = _words("""
abstract as assert async await base break case catch class const continue covariant default deferred do dynamic else enum export
extends extension external factory false final finally for if implements import in interface is mixin new
null operator required rethrow return sealed static super switch sync this throw true try typedef var void when
while with yield int double bool
""")
JULIA = _words("""
baremodule begin break catch const continue do else elseif end export false finally for function global if import in isa let
local macro module mutable quote return struct true try using where while abstract nothing
""")
POWERSHELL = _words("""
begin break catch class continue do dynamicparam else elseif end enum exit filter finally for foreach function
hidden if in param process return static switch throw trap try until while $true $false $null $this $_
""")
