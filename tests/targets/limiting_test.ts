import assert from "node:assert/strict";
import { bytesSource } from "../../src/storage/source.ts";
import { writeMarker } from "../../src/targets/folder/marker.ts";
import { limiting } from "../../src/targets/limiting.ts";
import { openTarget } from "../../src/targets/open_target.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const MIB = 1024 * 1024;

Deno.test("limiting() holds uploads and downloads together to the speed", async () => {
  await using folder = await tempFolder();
  await writeMarker(folder.path);
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  const pause = (milliseconds: number) => {
    clock.advance(milliseconds);
    return Promise.resolve();
  };
  const target = limiting(openTarget({ kind: "folder", path: folder.path }), {
    bytesPerSecond: MIB,
    clock,
    pause,
  });
  const bytes = new Uint8Array(10 * MIB).fill(3);

  await target.put("x", bytesSource(bytes));
  const uploaded = clock.elapsed();
  const back = await new Response(await target.get("x")).bytes();

  assert.deepEqual(back, bytes);
  // The first second's worth goes at once.
  assert.equal(Math.round(uploaded), 9_000);
  assert.equal(Math.round(clock.elapsed()), 19_000);
});

Deno.test("limiting() saves no more than a second's worth in a long silence", async () => {
  await using folder = await tempFolder();
  await writeMarker(folder.path);
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  const waits: number[] = [];
  const target = limiting(openTarget({ kind: "folder", path: folder.path }), {
    bytesPerSecond: MIB,
    clock,
    pause: (milliseconds) => {
      waits.push(milliseconds);
      clock.advance(milliseconds);
      return Promise.resolve();
    },
  });
  clock.advance(3_600_000);

  await target.put("x", bytesSource(new Uint8Array(2 * MIB)));

  assert.deepEqual(waits.map(Math.round), [1000]);
});
