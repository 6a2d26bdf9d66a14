import assert from "node:assert/strict";
import { isLongRun } from "../helpers/random_numbers.ts";
import { SOOKLIB_ZIP } from "../helpers/test_library.ts";
import { tinyStory } from "../helpers/tiny_story.ts";
import { type Boundary, zipBoundaries } from "../helpers/zip_boundaries.ts";

Deno.test("an archive cut at any structural boundary is refused, and nothing live changes", async () => {
  await using story = await tinyStory();
  const { archive } = story;
  const kinds = new Set<string>();

  for (const { length, what } of cuts(zipBoundaries(archive), archive.length)) {
    const { refusal } = await story.meet(archive.subarray(0, length));

    assert.notEqual(refusal, null, `cut at byte ${length}, before ${what}`);
    kinds.add(what);
  }
  assert.deepEqual([...kinds].sort(), [
    "content",
    "directory record",
    "end",
    "length of the comment",
    "local header",
    "name in a local header",
    "name in the directory",
    "nothing",
  ]);
});

Deno.test("an archive whose tail is zeros, as a lost power supply leaves it, is refused", async () => {
  await using story = await tinyStory();
  const { archive } = story;

  for (const { at, what } of zipBoundaries(archive)) {
    // Before the end itself there are only zeros to lose: the comment's length and the disks' numbers.
    if (at >= archive.length - 2) continue;
    const { refusal } = await story.meet(archive.slice().fill(0, at));

    assert.notEqual(refusal, null, `zeros from byte ${at}, before ${what}`);
  }
});

Deno.test("an archive with zeros in place of one piece, as a block that was never written, is refused", async () => {
  await using story = await tinyStory();
  const { archive } = story;
  const boundaries = zipBoundaries(archive);
  const kinds = new Map<string, number>();

  for (const [index, { at, what }] of boundaries.entries()) {
    const met = kinds.get(what) ?? 0;
    if (what !== "content" && met === 3 && !isLongRun) continue;
    const end = boundaries[index + 1]?.at ?? archive.length;
    const bytes = archive.slice().fill(0, at, end);
    // The length of no comment is zero already.
    if (bytes.every((byte, place) => byte === archive[place])) continue;
    const { refusal } = await story.meet(bytes);

    assert.notEqual(refusal, null, `zeros from byte ${at} to ${end}: ${what}`);
    kinds.set(what, met + 1);
  }
  assert.ok(kinds.has("content") && kinds.has("directory record"), [...kinds.keys()].join());
});

Deno.test("an archive with bytes after its end is refused", async () => {
  await using story = await tinyStory();
  const { archive } = story;

  for (const more of [new Uint8Array(1), new Uint8Array(4096), archive]) {
    const bytes = new Uint8Array([...archive, ...more]);
    const { refusal } = await story.meet(bytes);

    assert.equal(refusal, "restore.invalid_backup", `${more.length} bytes more`);
  }
});

Deno.test("an archive of the library's own service is refused wherever it is cut", async () => {
  await using story = await tinyStory();
  const whole = await Deno.readFile(SOOKLIB_ZIP);
  const boundaries = zipBoundaries(whole);
  const some = boundaries.filter((_, index) => isLongRun || index % 12 === 0);

  for (const { at, what } of some) {
    if (at === whole.length) continue;
    const { refusal } = await story.meet(whole.subarray(0, at));

    assert.notEqual(refusal, null, `cut at byte ${at}, before ${what}`);
  }
});

/** One byte before each boundary, at it, and one after; never the whole archive. */
function cuts(boundaries: readonly Boundary[], bytes: number): { length: number; what: string }[] {
  const lengths = new Map<number, string>();
  for (const { at, what } of boundaries) {
    for (const length of [at - 1, at, at + 1]) {
      if (length >= 0 && length < bytes) lengths.set(length, what);
    }
  }
  return [...lengths].map(([length, what]) => ({ length, what }));
}
