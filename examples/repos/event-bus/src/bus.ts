/** A map from the names of events to what they carry; `void` for those that carry nothing. */
export type EventMap = Record<string, unknown>;

export type Listener<Payload> = (payload: Payload) => void;

/** Thrown after all listeners were called, when some of them failed. */
export class ListenerError extends Error {
  constructor(
    readonly event: string,
    readonly causes: readonly unknown[],
  ) {
    super(`${causes.length} listener(s) of "${event}" failed`);
    this.name = "ListenerError";
  }
}

/** Calls listeners in the order in which they came, and keeps the listeners of one event apart from the others. */
export class EventBus<Events extends EventMap> {
  private readonly listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Listen to an event; the function that is returned ends it and may be called twice. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    let group = this.listeners.get(name);
    if (group === undefined) {
      group = new Set();
      this.listeners.set(name, group);
    }
    group.add(listener as Listener<never>);
    return () => this.off(name, listener);
  }

  /** Listen to the next event of this name only. */
  once<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const stop = this.on(name, (payload) => {
      stop();
      listener(payload);
    });
    return stop;
  }

  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const group = this.listeners.get(name);
    group?.delete(listener as Listener<never>);
    if (group?.size === 0) {
      this.listeners.delete(name);
    }
  }

  /**
   * Call every listener, also when one of them throws; the errors come together at the end.
   * A listener that is added meanwhile hears the next event, not this one.
   */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): number {
    const group = [...(this.listeners.get(name) ?? [])] as Listener<Events[Name]>[];
    const errors: unknown[] = [];
    for (const listener of group) {
      try {
        listener(payload);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      throw new ListenerError(String(name), errors);
    }
    return group.length;
  }

  /** The next event of this name as a promise; rejects when `signal` says so first. */
  next<Name extends keyof Events>(name: Name, signal?: AbortSignal): Promise<Events[Name]> {
    return new Promise((resolve, reject) => {
      const stop = this.once(name, (payload) => {
        signal?.removeEventListener("abort", abort);
        resolve(payload);
      });
      const abort = (): void => {
        stop();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
