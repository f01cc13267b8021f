/**
 * The list itself: items are added, checked off, moved and removed, and every change is
 * told to those who listen and written to a storage.
 *
 * A storage is anything with `getItem` and `setItem`, such as `window.localStorage`.
 */

const KEY = "todo-list/v1";

export class Store {
  #items = [];
  #listeners = new Set();
  #storage;
  #nextId = 1;

  constructor(storage) {
    this.#storage = storage;
    this.#load();
  }

  /** The items in their order; copies, so that nobody changes the list from outside. */
  get items() {
    return this.#items.map((item) => ({ ...item }));
  }

  /** How many items are not done yet. */
  get open() {
    return this.#items.filter((item) => !item.done).length;
  }

  /**
   * Add an item at the end.
   * @param {string} title what there is to do; must not be blank
   * @param {Date | null} due when it has to be done
   * @returns {number} the item's id
   */
  add(title, due = null) {
    const trimmed = title.trim();
    if (trimmed === "") {
      throw new RangeError("an item needs a title");
    }
    const id = this.#nextId++;
    this.#items.push({ id, title: trimmed, due: due ? due.toISOString() : null, done: false });
    this.#changed({ type: "added", id });
    return id;
  }

  /** Check an item off, or open it again. */
  toggle(id) {
    const item = this.#find(id);
    item.done = !item.done;
    this.#changed({ type: item.done ? "done" : "reopened", id });
  }

  /** Move an item so that it stands at `position`; positions outside the list mean its ends. */
  move(id, position) {
    const item = this.#find(id);
    const rest = this.#items.filter((other) => other !== item);
    const target = Math.max(0, Math.min(position, rest.length));
    this.#items = [...rest.slice(0, target), item, ...rest.slice(target)];
    this.#changed({ type: "moved", id });
  }

  remove(id) {
    const item = this.#find(id);
    this.#items = this.#items.filter((other) => other !== item);
    this.#changed({ type: "removed", id });
  }

  /** Remove everything that is done; returns how many items went. */
  clearDone() {
    const before = this.#items.length;
    this.#items = this.#items.filter((item) => !item.done);
    const removed = before - this.#items.length;
    if (removed > 0) {
      this.#changed({ type: "cleared", count: removed });
    }
    return removed;
  }

  /** Call `listener` with every change; returns the function that ends it. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #find(id) {
    const item = this.#items.find((candidate) => candidate.id === id);
    if (item === undefined) {
      throw new RangeError(`no item ${id}`);
    }
    return item;
  }

  #changed(change) {
    this.#storage.setItem(KEY, JSON.stringify(this.#items));
    for (const listener of this.#listeners) {
      listener(change);
    }
  }

  #load() {
    const text = this.#storage.getItem(KEY);
    if (text === null || text === undefined) {
      return;
    }
    try {
      this.#items = JSON.parse(text);
    } catch {
      // A broken list is worth less than a working page: start over, the text stays until the next change.
      this.#items = [];
    }
    this.#nextId = 1 + this.#items.reduce((largest, item) => Math.max(largest, item.id), 0);
  }
}
