/** Bytes between two reports: a thread's messages cost its reader more than they tell. */
const REPORT_BYTES = 4 * 1024 * 1024;

/** Adds up bytes and passes them on in portions; what is left at the end is not worth telling. */
export function reportBytes(note: (bytes: number) => void): (bytes: number) => void {
  let unreported = 0;
  return (bytes) => {
    unreported += bytes;
    if (unreported < REPORT_BYTES) return;
    note(unreported);
    unreported = 0;
  };
}
