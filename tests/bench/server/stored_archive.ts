import { join } from "node:path";
import { removeIfThere } from "../library/folders.ts";
import { runMeasured } from "../measure/run_measured.ts";

const COVER_BYTES = 50_000_000;

/** Makes a ZIP of about `bytes` that holds covers as they are; by Info-ZIP, so that it is a stranger's. */
export async function makeStoredArchive(
  path: string,
  bytes: number,
  folder: string,
): Promise<void> {
  const root = join(folder, "stored");
  await removeIfThere(root);
  await removeIfThere(path);
  await Deno.mkdir(join(root, "covers"), { recursive: true });
  const block = new Uint8Array(65_536);
  for (let index = 0; index * COVER_BYTES < bytes; index++) {
    using file = await Deno.open(join(root, "covers", `${index}.jpg`), {
      write: true,
      create: true,
    });
    for (let written = 0; written < COVER_BYTES; written += block.length) {
      crypto.getRandomValues(block);
      for (let done = 0; done < block.length;) done += await file.write(block.subarray(done));
    }
  }
  const metadata = {
    backup_id: "backup_20260101_000000",
    created_at: "2026-01-01T00:00:00",
    description: "",
    includes: ["covers"],
    version: "1.0",
  };
  await Deno.writeTextFile(join(root, "metadata.json"), JSON.stringify(metadata));
  await runMeasured({
    command: ["zip", "-q", "-r", "-0", path, "covers", "metadata.json"],
    cwd: root,
  });
  await removeIfThere(root);
}
