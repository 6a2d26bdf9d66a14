import assert from "node:assert/strict";
import { join } from "node:path";
import { writeMarker } from "../../src/targets/folder/marker.ts";
import { openTarget } from "../../src/targets/open_target.ts";
import { smallVolume } from "../helpers/small_volume.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { type Place, targetContract } from "./target_contract.ts";

const MIB = 1024 * 1024;

targetContract({
  kind: "folder",
  place: async () => await markedPlace(await tempFolder()),
  unreachable: () => Promise.resolve(openTarget({ kind: "folder", path: "/proc/none" })),
  refused: async () => {
    const volume = await smallVolume(MIB);
    const place = await markedPlace(volume);
    await volume.setReadOnly(true);
    return place;
  },
  full: { bytes: 16 * MIB, place: async () => await markedPlace(await smallVolume(8 * MIB)) },
});

Deno.test("folder: a mount point without its disk is no target, and nothing is written there", async () => {
  await using volume = await smallVolume(MIB);
  await using target = openTarget({ kind: "folder", path: volume.path });

  await assert.rejects(target.probe(), { code: "target.unreachable" });
  assert.deepEqual(await namesIn(volume.path), []);

  await writeMarker(volume.path);
  await writeMarker(volume.path);
  await target.probe();
  assert.deepEqual(await namesIn(volume.path), ["shuku-target.json"]);
});

Deno.test("writeMarker() makes no folder: an absent disk's copies would land on the disk they protect", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "disk");

  await assert.rejects(writeMarker(path), { code: "target.unreachable" });
  await Deno.writeTextFile(path, "a file");
  await assert.rejects(writeMarker(path), { code: "target.unreachable" });

  assert.deepEqual(await namesIn(folder.path), ["disk"]);
});

async function markedPlace(folder: { path: string } & AsyncDisposable): Promise<Place> {
  const { path } = folder;
  await writeMarker(path);
  return {
    open: () => openTarget({ kind: "folder", path }),
    names: () => namesIn(path),
    plant: async (name, bytes) => {
      await Deno.mkdir(join(path, name, ".."), { recursive: true });
      await Deno.writeFile(join(path, name), bytes);
    },
    age: async (name, milliseconds) => {
      const { mtime } = await Deno.stat(join(path, name));
      const then = new Date((mtime?.getTime() ?? 0) - milliseconds);
      await Deno.utime(join(path, name), then, then);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function namesIn(folder: string, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    const path = join(prefix, name);
    if (isDirectory) names.push(...await namesIn(folder, path));
    else names.push(path);
  }
  return names.sort();
}
