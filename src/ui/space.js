/** A lack of space, and the offer to make some by deleting backups. @module */
import { setState, state } from "./store.js";

/** @param {{code?: string} | null | undefined} error @returns {boolean} */
export const isLackOfSpace = (error) =>
  error?.code === "space.insufficient" || error?.code === "storage.full";

/**
 * Opens the offer above whatever is in sight.
 *
 * @param {Record<string, any>} [problem] The body of a 507 answer; a job that failed has none.
 */
export function offerSpace(problem = {}) {
  const { volume = null, needed_bytes = null, reserve_bytes = null, free_bytes = null } = problem;
  setState({
    lack: { volume, needed: needed_bytes, reserve: reserve_bytes, free: free_bytes },
  });
}

/** Backups that may go, the oldest first: never the newest, nor one that is pinned or in use. */
export function deletableBackups() {
  const [, ...older] = state.backups;
  return older.filter((one) => !one.pinned && !one.in_use).reverse();
}
