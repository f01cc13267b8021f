"""What is counted in JavaScript and TypeScript alone."""

from __future__ import annotations

from codecorpus.measures.common import SCRIPTS
from codecorpus.measures.share import Pick, Share, every

# Helpers that compilers and bundlers write into their output.
_HELPERS = (
    "__webpack_require__ __webpack_exports__ webpackJsonp _interopRequireDefault _interopRequireWildcard _classCallCheck"
    " _createClass _inherits _possibleConstructorReturn _asyncToGenerator _objectSpread _defineProperty _toConsumableArray"
    " _slicedToArray _extends regeneratorRuntime __esModule __extends __awaiter __generator __decorate __metadata __importDefault"
    " __importStar __rest __spreadArray __assign __createBinding __exportStar _typeof _regenerator"
)

JAVASCRIPT = (
    Share(
        "js_var_share",
        "declarations with `var` / declarations of variables, 10 at least",
        every(SCRIPTS, Pick("variable_declaration")),
        per=every(SCRIPTS, Pick("variable_declaration lexical_declaration")),
        at_least=10,
    ),
    Share(
        "js_eval_share",
        "eval, new Function and document.write / statements, 20 at least",
        every(
            SCRIPTS,
            Pick("identifier", "call_expression", words="eval execScript"),
            Pick("identifier", "new_expression", words="Function"),
            Pick("member_expression", "call_expression", words="document.write document.writeln window.eval"),
        ),
    ),
    Share(
        "js_with_share",
        "with statements and arguments.callee, which strict mode forbids / statements, 20 at least",
        every(
            SCRIPTS,
            Pick("with_statement"),
            Pick("member_expression", words="arguments.callee arguments.caller"),
        ),
    ),
    Share(
        "js_loose_equality_share",
        "`==` and `!=`, but for comparisons with null / comparisons for equality, 10 at least",
        every(
            SCRIPTS,
            Pick(
                "identifier string number member_expression call_expression true false undefined"
                " subscript_expression unary_expression template_string",
                within="binary_expression",
                after="'==' '!='",
            ),
        ),
        per=every(SCRIPTS, Pick("'==' '!=' '===' '!=='", within="binary_expression")),
        at_least=10,
    ),
    Share(
        "js_debug_share",
        "debugger statements and calls of alert / statements, 20 at least",
        every(
            SCRIPTS,
            Pick("debugger_statement"),
            Pick("identifier", "call_expression", words="alert confirm prompt"),
        ),
    ),
    Share(
        "js_sequence_share",
        "expressions strung together by commas, as minifiers do / statements, 20 at least",
        every(
            SCRIPTS,
            Pick("sequence_expression", within="expression_statement return_statement sequence_expression"),
        ),
    ),
    Share(
        "js_minified_literal_share",
        "`!0`, `!1` and `void 0`, as minifiers write true, false and undefined / statements, 20 at least",
        every(SCRIPTS, Pick("number", within="unary_expression", after="'!' 'void'")),
    ),
    Share(
        "js_transpiled_share",
        "names of helpers that compilers and bundlers write / statements, 20 at least",
        every(
            SCRIPTS,
            Pick("identifier property_identifier", words=_HELPERS),
            Pick("string_fragment", words="__esModule"),
        ),
    ),
    Share(
        "js_empty_catch_share",
        "catch clauses without a statement or a comment / catch clauses, 8 at least",
        every(SCRIPTS, Pick("statement_block", "catch_clause", is_empty=True)),
        per=every(SCRIPTS, Pick("catch_clause")),
        at_least=8,
    ),
    Share(
        "ts_any_share",
        "`any` / types, 20 at least",
        every(("TypeScript", "TSX"), Pick("predefined_type", words="any")),
        per=every(("TypeScript", "TSX"), Pick("predefined_type type_identifier")),
    ),
)
