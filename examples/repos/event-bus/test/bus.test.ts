import { describe, expect, it } from "vitest";

import { EventBus, ListenerError } from "../src/bus";

type Events = { saved: { path: string }; closed: void };

describe("EventBus", () => {
  it("calls listeners in order", () => {
    const bus = new EventBus<Events>();
    const heard: string[] = [];
    bus.on("saved", ({ path }) => heard.push(`first ${path}`));
    bus.on("saved", ({ path }) => heard.push(`second ${path}`));
    expect(bus.emit("saved", { path: "a" })).toBe(2);
    expect(heard).toEqual(["first a", "second a"]);
  });

  it("calls the others when one fails, then reports", () => {
    const bus = new EventBus<Events>();
    let called = false;
    bus.on("closed", () => {
      throw new Error("no");
    });
    bus.on("closed", () => {
      called = true;
    });
    expect(() => bus.emit("closed", undefined)).toThrow(ListenerError);
    expect(called).toBe(true);
  });

  it("forgets a listener that asked for one event", () => {
    const bus = new EventBus<Events>();
    bus.once("closed", () => undefined);
    expect(bus.emit("closed", undefined)).toBe(1);
    expect(bus.emit("closed", undefined)).toBe(0);
  });

  it("rejects a promise when the signal is aborted", async () => {
    const bus = new EventBus<Events>();
    const controller = new AbortController();
    const promise = bus.next("closed", controller.signal);
    controller.abort(new Error("stopped"));
    await expect(promise).rejects.toThrow("stopped");
  });
});
