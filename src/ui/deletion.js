/**
 * What a deletion takes away and what it leaves. Pure: the same lists give the same answer.
 *
 * @module
 */

/** @param {any} backup @returns {boolean} Whether a restore of it may succeed, as far as is known. */
const isRestorable = ({ state, other_library }) => state === "ok" && !other_library;

/** As the server counts the newest verified one: a snapshot is only the way back from a restore. */
const isVerified = (one) => isRestorable(one) && one.verified_at !== null && !one.future;

/**
 * @typedef {object} Deletion
 * @property {any[]} targets What goes; the rest of what was chosen is pinned or in use.
 * @property {any[]} kept What was chosen and stays.
 * @property {number} bytes What it frees.
 * @property {any | null} newest The newest verified backup, when it is among what goes.
 * @property {"nothing" | "damaged" | "unverified" | "verified"} left What there is to restore from afterwards.
 * @property {number} leftCount How many backups remain.
 * @property {any | null} nextNewest The newest verified one that remains.
 * @property {boolean} grave Nobody may do it by a slip.
 */

/**
 * Weighs a deletion before it happens.
 *
 * @param {any[]} chosen
 * @param {any[]} all Every backup, newest first.
 * @returns {Deletion}
 */
export function weighDeletion(chosen, all) {
  const isKept = (one) => one.pinned || one.in_use;
  const targets = chosen.filter((one) => !isKept(one));
  const going = new Set(targets.map((one) => one.backup_id));
  const remaining = all.filter((one) => !going.has(one.backup_id));
  const newest = all.find((one) => isVerified(one) && one.kind !== "snapshot") ?? null;
  const takesNewest = newest !== null && going.has(newest.backup_id);
  const left = leftOf(remaining);
  return {
    targets,
    kept: chosen.filter(isKept),
    bytes: targets.reduce((total, one) => total + one.file_size, 0),
    newest: takesNewest ? newest : null,
    left,
    leftCount: remaining.length,
    nextNewest: remaining.find(isVerified) ?? null,
    grave: targets.length > 0 && (takesNewest || left === "nothing" || left === "damaged"),
  };
}

function leftOf(remaining) {
  if (remaining.length === 0) return "nothing";
  if (!remaining.some(isRestorable)) return "damaged";
  return remaining.some(isVerified) ? "verified" : "unverified";
}
