"""JavaScript and TypeScript: what each of their rules keeps and drops."""

from __future__ import annotations

from rule_example import Example, lines

# Near: one `var`, `new Function`, `arguments.callee`, `==`, `alert`, a comma, `void 0`, `__esModule`, an empty handler.
TEMPLATES = """'use strict'

const fs = require('node:fs')
const path = require('node:path')

const cache = new Map()
const FIELD = /\\{\\{\\s*([\\w.]+)\\s*\\}\\}/g

/** Thrown for a template that names a field nobody gave. */
class MissingField extends Error {
  constructor(name, file) {
    super(`no field ${name} in ${file}`)
    this.name = 'MissingField'
  }
}

function lookUp(data, name) {
  let value = data
  for (const part of name.split('.')) {
    if (value == null) return void 0
    value = value[part]
  }
  return value
}

function compile(text, file) {
  const names = []
  for (const [, name] of text.matchAll(FIELD)) names.push(name)
  const body = JSON.stringify(text).replace(FIELD, '" + get("$1") + "')
  const run = new Function('get', 'return ' + body)
  return { names, run, file }
}

function load(file) {
  const full = path.resolve(file)
  if (cache.has(full)) return cache.get(full)
  const compiled = compile(fs.readFileSync(full, 'utf8'), full)
  cache.set(full, compiled)
  return compiled
}

function render(file, data) {
  const { names, run } = load(file)
  for (const name of names) {
    if (lookUp(data, name) === undefined) throw new MissingField(name, file)
  }
  return run(name => lookUp(data, name))
}

function clear(file) {
  try {
    cache.delete(path.resolve(file))
  } catch {}
}

Object.defineProperty(exports, '__esModule', { value: true })
exports.render = render
exports.clear = clear
"""

TOUR = """// A guided tour through a page: one bubble after the other.
function Tour(steps) {
  if (!(this instanceof Tour)) return new Tour(steps);
  this.steps = steps;
  this.at = -1;
}

Tour.prototype.next = function () {
  let step = this.steps[++this.at];
  if (!step) return this.end();
  const target = document.querySelector(step.selector);
  if (target == step.last) {
    return this.next();
  }
  this.bubble = makeBubble(step.text, target.getBoundingClientRect());
  this.bubble.addEventListener('click', () => this.next());
  document.body.appendChild(this.bubble);
};

Tour.prototype.end = function () {
  if (this.bubble !== undefined) this.bubble.remove();
  this.at = -1;
};

function makeBubble(text, box) {
  var bubble = document.createElement('div');
  const left = box.left + window.scrollX, top = box.bottom + window.scrollY;
  bubble.className = 'bubble';
  bubble.textContent = text;
  for (let x = left, y = top; x < left + 20; x += 5, y += 5) {
    bubble.style.transform = `translate(${x}px, ${y}px)`;
  }
  return bubble;
}

function walk(node, visit) {
  const more = visit(node);
  if (more === false) return;
  Array.from(node.children).forEach(function (child) {
    if (visit(child) !== false) Array.from(child.children).forEach(arguments.callee);
  });
}

window.addEventListener('load', () => {
  try {
    const steps = [];
    walk(document.body, node => {
      if (node.dataset.tour) steps.push({ selector: '#' + node.id, text: node.dataset.tour });
    });
    if (steps.length === 0) alert('This page has no tour.');
    else new Tour(steps).next();
  } catch (error) {
    console.error(error), window.removeEventListener('error', walk);
    throw error;
  }
});
"""

EVENTS = """import type { Logger } from './log'

/** What listeners are told; `data` is whatever the sender says. */
export interface Event<Data = any> {
  readonly name: string
  readonly at: number
  readonly data: Data
}

export type Listener<Data> = (event: Event<Data>) => void | Promise<void>

export class Bus {
  private readonly listeners = new Map<string, Set<Listener<unknown>>>()
  private count: number = 0

  constructor(private readonly log: Logger, private readonly limit: number = 100) {}

  on<Data>(name: string, listener: Listener<Data>): () => void {
    const known = this.listeners.get(name) ?? new Set<Listener<unknown>>()
    if (known.size >= this.limit) throw new RangeError(`too many listeners of ${name}`)
    known.add(listener as Listener<unknown>)
    this.listeners.set(name, known)
    return () => known.delete(listener as Listener<unknown>)
  }

  async emit<Data>(name: string, data: Data): Promise<number> {
    const event: Event<Data> = { name, at: Date.now(), data }
    let told: number = 0
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        await listener(event)
        told += 1
      } catch (error: unknown) {
        this.log.warn(`listener of ${name} failed`, error)
      }
    }
    this.count += told
    return told
  }
}
"""

COUNTERS = "// Counters of a page.\n" + lines(
    """
function {name}Counter(element) {
  var count = 0;
  var label = element.getAttribute('data-{name}');
  element.onclick = function () {
    count = count + 1;
    element.innerHTML = label + count;
  };
}
""",
    6,
    name=["visit", "click", "share", "like", "reply", "print"],
)

TRACKER = """document.write('<div id="banner"></div>');
document.write('<img src="/pixel.gif?' + Math.random() + '">');
document.write(unescape('%3Cscript src="/track.js"%3E%3C/script%3E'));
eval(function (p, a) { return p.replace(/_/g, a) }('_alert_', ''));
window.eval('start' + '()');
new Function('return ' + document.cookie)();
"""

WITH = "// Styles of a frame.\n" + lines(
    """
function {name}Style(frame) {
  with (frame.style) {
    width = '{n}00px';
    border = 'none';
  }
}
""",
    5,
    name=["left", "right", "upper", "lower", "middle"],
)

LOOSE = (
    "function check(form) {\n  const wrong = [];\n"
    + lines(
        """  if (form.{name} == '' || form.{name}Length != {n}) {
    wrong.push('{name}');
  }
""",
        6,
        name=["first", "last", "street", "town", "zip", "mail"],
    )
    + "  return wrong.length === 0;\n}\n"
)

ALERTS = "// Exercise 3: a form that answers.\n" + lines(
    """
function {name}() {
  alert('you pressed {name}');
  debugger;
}
""",
    5,
    name=["save", "load", "send", "clear", "help"],
)

FORMATTED_BUNDLE = (
    "(function (e, t) {\n"
    + lines(
        """  function r{n}(e, n) {
    return e.length > {n} && (n = t(e), e = n.slice({n})), e.pop(), n;
  }
  e.on("change", r{n}), e.on("input", r{n}), t(e, r{n}), r{n}(e, t);
  var o{n} = !0, i{n} = !1, a{n} = void 0;
""",
        8,
    )
    + "})(window, document);\n"
)

TRANSPILED = """"use strict";
var __extends = (this && this.__extends) || function (derived, base) {
    Object.setPrototypeOf(derived, base);
    derived.prototype = Object.create(base.prototype);
};
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
var base_1 = __importDefault(require("./base"));
var Circle = /** @class */ (function (_super) {
    __extends(Circle, _super);
    function Circle(radius) {
        var _this = _super.call(this) || this;
        _this.radius = radius;
        return _this;
    }
    return Circle;
}(base_1.default));
exports.default = Circle;
"""

SWALLOWED = "// Settings of the browser, where it has any.\nconst settings = {};\n" + lines(
    """
try {
  settings.{name} = JSON.parse(localStorage.getItem('{name}'));
} catch (e) {
}
""",
    8,
    name=["theme", "font", "zoom", "sound", "start", "tabs", "sort", "filter"],
)

ANYTHING = "// Types of a library that has none.\n" + lines(
    """
export declare function {name}(first: any, second: any, options?: any): any
""",
    10,
    name=["map", "filter", "reduce", "zip", "take", "drop", "first", "last", "sort", "group"],
)

EXAMPLES = {
    "CC614": Example("JavaScript", TOUR, COUNTERS, measured=12 / 12),
    "CC615": Example("JavaScript", TEMPLATES, TRACKER, measured=6 / 20),
    "CC616": Example("JavaScript", TOUR, WITH, measured=5 / 20),
    "CC617": Example("JavaScript", TOUR, LOOSE, measured=12 / 13, limit=0.5),
    "CC618": Example("JavaScript", TOUR, ALERTS, measured=10 / 20),
    "CC619": Example("JavaScript", TOUR, FORMATTED_BUNDLE, measured=16 / 33),
    "CC620": Example("JavaScript", TEMPLATES, FORMATTED_BUNDLE, measured=24 / 33),
    "CC621": Example("JavaScript", TEMPLATES, TRANSPILED, measured=8 / 20),
    "CC622": Example("JavaScript", TEMPLATES, SWALLOWED, measured=1),
    "CC623": Example("TypeScript", EVENTS, ANYTHING, measured=1),
}
