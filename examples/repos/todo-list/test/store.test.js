import assert from "node:assert/strict";
import { test } from "node:test";

import { Store } from "../src/store.js";

function memory(initial = {}) {
  const values = new Map(Object.entries(initial));
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value) };
}

test("an item starts open and can be checked off", () => {
  const store = new Store(memory());
  const id = store.add("  water the plants ");
  assert.equal(store.items[0].title, "water the plants");
  assert.equal(store.open, 1);
  store.toggle(id);
  assert.equal(store.open, 0);
});

test("a blank title is refused", () => {
  assert.throws(() => new Store(memory()).add("   "), RangeError);
});

test("the list survives a reload, and ids go on", () => {
  const storage = memory();
  const first = new Store(storage).add("one");
  const second = new Store(storage).add("two");
  assert.ok(second > first);
});

test("moving beyond the end means the end", () => {
  const store = new Store(memory());
  const id = store.add("first");
  store.add("second");
  store.move(id, 99);
  assert.deepEqual(store.items.map((item) => item.title), ["second", "first"]);
});

test("a broken list is an empty list", () => {
  assert.deepEqual(new Store(memory({ "todo-list/v1": "{" })).items, []);
});

test("listeners hear of a change until they leave", () => {
  const store = new Store(memory());
  const heard = [];
  const leave = store.subscribe((change) => heard.push(change.type));
  const id = store.add("listen");
  leave();
  store.remove(id);
  assert.deepEqual(heard, ["added"]);
});
