import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { RandomAccess } from "../../src/archive/random_access.ts";
import { isAppError } from "../../src/base/errors.ts";

const BYTES = 1024 * 1024 + 77;

async function withFile(work: (path: string, content: Uint8Array) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const content = randomBytes(BYTES);
    const path = join(folder, "file");
    await Deno.writeFile(path, content);
    await work(path, content);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How far a read is from the end of the one before, and how long it is: headers, covers, jumps, whole blocks. */
const reads = fc.array(
  fc.record({
    gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1100 }), fc.integer({ min: -BYTES })),
    length: fc.oneof(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 300_000 })),
  }),
  { minLength: 1, maxLength: 40 },
);

Deno.test("RandomAccess.read() gives the file's bytes, in whatever order and however many at once", () =>
  withFile(async (path, content) => {
    await fc.assert(fc.asyncProperty(reads, fc.boolean(), async (wanted, atOnce) => {
      await using file = await RandomAccess.open(path);
      let at = 0;
      const reading: Promise<void>[] = [];
      for (const { gap, length } of wanted) {
        const position = Math.min(Math.max(0, at + gap), BYTES - length);
        at = position + length;
        const one = file.read(position, length).then((bytes) => {
          assert.ok(bytes.equals(content.subarray(position, position + length)));
          // It is the reader's own: what is done to it, even giving it away, is nobody else's matter.
          bytes.fill(0);
          if (bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
        });
        if (!atOnce) await one;
        reading.push(one);
      }
      await Promise.all(reading);
    }));
  }));

Deno.test("RandomAccess.read() says where a file ends that is shorter than it should be", () =>
  withFile(async (path) => {
    await using file = await RandomAccess.open(path);
    await file.read(BYTES - 100, 50);
    for (const [position, length] of [[BYTES - 50, 51], [BYTES - 10, 400_000]] as const) {
      await assert.rejects(file.read(position, length), (error) => {
        assert.ok(isAppError(error, "archive.damaged"));
        return error.details.found === `the file ends at byte ${BYTES}`;
      });
    }
  }));
