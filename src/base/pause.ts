/** Lets time pass; a test hands in one that does not. */
export type Pause = (milliseconds: number, options?: { signal?: AbortSignal }) => Promise<void>;

/**
 * Waits by the machine's clock.
 *
 * @throws The signal's reason, at once, when it is aborted meanwhile.
 */
export const pause: Pause = (milliseconds, { signal } = {}) => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  const stop = () => {
    clearTimeout(timer);
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener("abort", stop);
    resolve();
  }, milliseconds);
  signal?.addEventListener("abort", stop, { once: true });
  return promise;
};
