export interface Clock {
  now(): number;
  schedule(callback: () => void, milliseconds: number): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * Let a listener run at most once in `milliseconds`. The first call passes at once; of those that come too
 * early only the last is kept, and passes when the time is over.
 */
export function throttle<Payload>(
  listener: (payload: Payload) => void,
  milliseconds: number,
  clock: Clock = systemClock,
): (payload: Payload) => void {
  let quietUntil = Number.NEGATIVE_INFINITY;
  let waiting: { payload: Payload } | null = null;

  const run = (payload: Payload): void => {
    quietUntil = clock.now() + milliseconds;
    listener(payload);
  };

  return (payload) => {
    const now = clock.now();
    if (waiting !== null) {
      waiting.payload = payload;
    } else if (now >= quietUntil) {
      run(payload);
    } else {
      const held = { payload };
      waiting = held;
      clock.schedule(() => {
        waiting = null;
        run(held.payload);
      }, quietUntil - now);
    }
  };
}
