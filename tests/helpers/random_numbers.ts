/** Numbers that look random and are the same in every run: xorshift32. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Whether a run may take its time: `SHUKU_LONG=1` tries every case where a short run tries a part. */
export const isLongRun = Deno.env.get("SHUKU_LONG") === "1";
