/**
 * Runs two things side by side that make sense only together: when one fails, the other is stopped and waited for.
 *
 * When this settles, however it does, neither is at work any more.
 *
 * @param signal Stops both.
 * @param start Starts both; each must end soon after the signal it is given is aborted.
 * @throws What failed first; the signal's reason.
 */
export async function bothOrNeither<Left, Right>(
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => [left: Promise<Left>, right: Promise<Right>],
): Promise<[Left, Right]> {
  const stop = new AbortController();
  const both = start(signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]));
  try {
    return await Promise.all(both);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(both);
    throw error;
  }
}
