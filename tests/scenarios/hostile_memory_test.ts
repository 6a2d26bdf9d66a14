import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type RawEntry, rawZip } from "../archive/support/raw_zip.ts";
import { soundArchive } from "../helpers/hostile_archives.ts";
import { HOSTILE_DATABASES, spoiltCopy } from "../helpers/hostile_databases.ts";
import { freePort, onLibrary, startProgram, until } from "../helpers/program.ts";
import { isLongRun } from "../helpers/random_numbers.ts";
import { libraryToken } from "../helpers/test_app.ts";
import { type TestLibrary, testLibrary } from "../helpers/test_library.ts";

const LIMIT_BYTES = 256 * 1024 * 1024;
const MEBIBYTE = 1 << 20;

interface Heavy {
  readonly what: string;
  readonly status: number;
  make(library: TestLibrary): Uint8Array<ArrayBuffer>;
}

const deflated = (entry: RawEntry) => soundArchive([{ method: 8, ...entry }]);
const saying = (metadata: string) => soundArchive([], { metadata });

/** What costs most to look at, of all that strangers may send. */
const HEAVY: readonly Heavy[] = [
  {
    what: "a bomb that says it is small",
    status: 400,
    make: () =>
      deflated({ name: "covers/b", content: Buffer.alloc(400 * MEBIBYTE), size: 9999999 }),
  },
  {
    what: "a bomb that says how large it is",
    status: 400,
    make: () => deflated({ name: "database/library.db", content: Buffer.alloc(300 * MEBIBYTE) }),
  },
  {
    what: "four million and one entries, as it says",
    status: 400,
    make: () => entries(100_000, 4_000_001),
  },
  {
    what: isLongRun ? "a million entries" : "thirty thousand entries",
    status: 200,
    make: () => entries(isLongRun ? 999_999 : 30_000),
  },
  {
    what: "20,000 tables",
    status: 400,
    make: ({ root, config }) => {
      const spoil = HOSTILE_DATABASES.find(({ what }) => what === "20,000 tables")?.spoil;
      assert.ok(spoil);
      return deflated({
        name: "database/library.db",
        content: spoiltCopy(config.database.path, root, spoil),
      });
    },
  },
  {
    what: "metadata of as many names as are allowed",
    status: 200,
    make: () => saying(`{"a":{${Array.from({ length: 449_000 }, (_, i) => `"书${i}":1`).join()}}}`),
  },
  {
    what: "metadata of ten million objects",
    status: 400,
    make: () => saying(`{"a":[${"{},".repeat(7_000_000)}1]}`),
  },
];

for (const { what, status, make } of HEAVY) {
  Deno.test(`a server that is sent ${what} stays under 256 MiB`, async () => {
    await using library = await testLibrary();
    const { argv, env } = onLibrary(library);
    const port = String(freePort());
    await using server = startProgram(["serve", ...argv], { env: { ...env, SERVER_PORT: port } });
    const address = `http://127.0.0.1:${port}/api`;
    await until(async () =>
      (await fetch(`${address}/health`).catch(() => null))?.body?.cancel() !== undefined
    );

    const answer = await fetch(
      `${address}/admin/backup/upload/backup_20260101_000000.zip`,
      {
        method: "PUT",
        body: make(library),
        headers: { Authorization: `Bearer ${await libraryToken({ sub: "admin" })}` },
      },
    );

    assert.equal(answer.status, status, await answer.text());
    const peak = await peakBytes(server.pid);
    assert.ok(peak < LIMIT_BYTES, `${Math.round(peak / MEBIBYTE)} MiB`);
  });
}

/** The most memory that a process ever had. */
async function peakBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** So many covers without content. */
function entries(count: number, announced = count): Uint8Array<ArrayBuffer> {
  const covers = Array.from({ length: count - 1 }, (_, index): RawEntry => ({
    name: `covers/${index}`,
    content: "",
  }));
  const metadata = { name: "metadata.json", content: "{}" };
  const zip64 = { entries: announced };
  return new Uint8Array(rawZip([...covers, metadata], { entries: 0xffff, zip64 }));
}
