import assert from "node:assert/strict";
import { startValidate } from "../../src/backup/validate.ts";
import { systemClock } from "../../src/base/clock.ts";
import { isLongRun, randomNumbers } from "../helpers/random_numbers.ts";
import { tinyStory } from "../helpers/tiny_story.ts";
import { type Boundary, zipBoundaries } from "../helpers/zip_boundaries.ts";

const SEED = 20260115;

Deno.test("a flipped bit is found, or the restored library is the same to the byte (300; SHUKU_LONG=1: every bit)", async () => {
  await using story = await tinyStory();
  const boundaries = zipBoundaries(story.archive);
  const harmless = new Map<string, number>();
  let found = 0;

  for (const bit of chooseBits(story.archive.length)) {
    const { refusal } = await story.meet(flip(story.archive, bit));
    if (refusal !== null) found += 1;
    else {
      const place = placeOf(story.archive, boundaries, bit >> 3);
      harmless.set(place, (harmless.get(place) ?? 0) + 1);
    }
  }

  // Times, versions, hints and attributes, from which no reader here takes anything; and what deflate leaves open: padding,
  // lengths of codes that nothing uses.
  assert.ok(found > 250, `${found} found`);
  assert.ok(
    harmless.size > 0,
    "no flip was harmless: the second half of the promise was not tried",
  );
  for (const [place] of harmless) {
    assert.match(place, /^(?:local header|directory record|deflated content)$/);
  }
});

Deno.test("a bit that flips in a backup with its own record beside it is always found", async () => {
  await using story = await tinyStory();
  const { house, backupId, archive } = story;
  const zip = house.catalog.zipPath(backupId);
  const sidecar = await Deno.readTextFile(house.catalog.sidecarPath(backupId));
  const { mtime } = await Deno.stat(zip);

  for (const bit of chooseBits(archive.length).slice(0, isLongRun ? undefined : 60)) {
    // A rotten disk changes neither size nor time.
    await Deno.writeFile(zip, flip(archive, bit));
    await Deno.utime(zip, mtime ?? 0, mtime ?? 0);
    await Deno.writeTextFile(house.catalog.sidecarPath(backupId), sidecar);
    const services = { ...house, clock: systemClock };
    const { result } = await startValidate(services, backupId, { actor: "test" });

    assert.equal((await result).valid, false, `bit ${bit}`);
  }
});

function chooseBits(bytes: number): number[] {
  if (isLongRun) return Array.from({ length: 8 * bytes }, (_, bit) => bit);
  const below = randomNumbers(SEED);
  const bits = new Set<number>();
  while (bits.size < 300) bits.add(below(8 * bytes));
  return [...bits];
}

function flip(archive: Uint8Array, bit: number): Uint8Array {
  const bytes = archive.slice();
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bytes;
}

/** Names what a byte belongs to; content by the way it is kept. */
function placeOf(archive: Uint8Array, boundaries: readonly Boundary[], byte: number): string {
  const before = boundaries.filter(({ at }) => at <= byte);
  const what = before.at(-1)?.what ?? "before everything";
  if (what !== "content") return what;
  const header = before.findLast(({ what }) => what === "local header")?.at ?? 0;
  return archive[header + 8] === 0 ? "stored content" : "deflated content";
}
