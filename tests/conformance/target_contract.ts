import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { AppError } from "../../src/base/errors.ts";
import { bytesSource, type Source } from "../../src/storage/source.ts";
import type { Target } from "../../src/targets/target.ts";

/** A place of one kind, fresh and empty, and what a test may do to it behind the target's back. */
export interface Place extends AsyncDisposable {
  /** Opens the target, as often as wanted: each is a client of its own. */
  open(): Target;
  /** Every name that lies there, whoever wrote it, temporaries too. */
  names(): Promise<string[]>;
  /** Puts a file there that is not ours. */
  plant(name: string, bytes: Uint8Array): Promise<void>;
  /** Makes a file's last change so old by the place's own clock. */
  age(name: string, milliseconds: number): Promise<void>;
}

/** One kind, and how its places are made. */
export interface KindUnderTest {
  readonly kind: string;
  place(): Promise<Place>;
  /** A target at a place that is not there. */
  unreachable(): Promise<Target>;
  /** A place that does not let us write, where this kind and this process can have one. */
  refused?(): Promise<Place>;
  /** A place with less room than `bytes`. */
  full?: { readonly bytes: number; place(): Promise<Place> };
}

const MIB = 1024 * 1024;

/** Names that an ordinary library and this program bring. */
const NAMES = [
  "backup_20260115_230000.zip",
  "书库/备份 第一卷.zip",
  "a b/#1 50%+&=.json",
  "incremental/packs/00/ab cd.zip",
  "é".normalize("NFC"),
  `${"长".repeat(79)}.z`,
];

/** Tries the whole contract on one kind. */
export function targetContract(kind: KindUnderTest): void {
  const test = (promise: string, run: (place: Place) => Promise<void>) =>
    Deno.test(`${kind.kind}: ${promise}`, async () => {
      await using place = await kind.place();
      await run(place);
    });
  storesWhole(test);
  storesNothingHalf(test);
  neverReplaces(test);
  readsParts(test);
  lists(test);
  removesAndSweeps(test);
  standsFaults(kind);
}

type Register = (promise: string, run: (place: Place) => Promise<void>) => void;

function storesWhole(test: Register): void {
  test("put() stores every size, and get() gives it back byte for byte", async (place) => {
    await using target = place.open();
    for (const size of [0, 1, 65_535, MIB, 3 * MIB + 7]) {
      const bytes = randomBytes(size);
      let told = 0;

      const stored = await target.put(`size ${size}`, bytesSource(bytes), {
        onBytes: (count) => told += count,
      });

      assert.equal(stored.size, size);
      assert.equal(told, size);
      assert.deepEqual(await read(target, `size ${size}`), bytes);
    }
  });

  test("put() takes every name that the rules allow", async (place) => {
    await using target = place.open();
    for (const name of NAMES) await target.put(name, bytesSource(textBytes(name)));

    for (const name of NAMES) {
      assert.equal((await target.stat(name))?.size, textBytes(name).length, name);
      assert.deepEqual(await read(target, name), textBytes(name), name);
    }
    assert.deepEqual(await listed(target, ""), [...NAMES].sort());
  });

  test("put() refuses names that some place could not hold, before it asks", async (place) => {
    await using target = place.open();
    const bad = ["", "a//b", "../a", "a/..", "a:b", "a?", "CON.zip", "a ", "a.", " a", "e\u0301"];
    for (const name of [...bad, "a\nb", "x".repeat(242), "a.zip.0123abcd.part"]) {
      await assert.rejects(target.put(name, bytesSource(new Uint8Array())), {
        code: "target.name",
      }, name);
    }
    assert.deepEqual(await listed(target, ""), []);
  });

  test("put() keeps memory small and offsets right past 4 GiB", async (place) => {
    await using target = place.open();
    const size = 4 * 1024 ** 3 + 3 * MIB;
    await target.put("large", countingSource(size));
    const start = 4 * 1024 ** 3 - 5;

    const around = await read(target, "large", { start, end: start + 10 });
    const end = await read(target, "large", { start: size - 3 });

    assert.equal((await target.stat("large"))?.size, size);
    assert.deepEqual(around, countedBytes(start, 10));
    assert.deepEqual(end, countedBytes(size - 3, 3));
  });
}

function storesNothingHalf(test: Register): void {
  for (const percent of [1, 50, 99]) {
    test(`put() leaves nothing when its source dies at ${percent} %`, async (place) => {
      await using target = place.open();
      const source = dyingSource(8 * MIB, 8 * MIB * percent / 100);

      await assert.rejects(target.put("half", source), { code: "storage.failed" });

      assert.equal(await target.stat("half"), null);
      assert.deepEqual(await listed(target, ""), []);
      await target.put("half", bytesSource(textBytes("again")));
      assert.deepEqual(await read(target, "half"), textBytes("again"));
    });
  }

  test("put() refuses a source that ends before its size", async (place) => {
    await using target = place.open();
    const source = { ...bytesSource(randomBytes(1000)), size: 2000 };

    await assert.rejects(target.put("short", source), { code: "target.source_changed" });

    assert.equal(await target.stat("short"), null);
  });

  test("put() is cancelled within a second and leaves nothing under its name", async (place) => {
    await using target = place.open();
    const stop = new AbortController();
    const reason = new AppError("job.cancelled");
    const source = watchedSource(64 * MIB, (offset) => {
      if (offset >= 16 * MIB) stop.abort(reason);
    });

    await assert.rejects(target.put("stopped", source, { signal: stop.signal }), reason);

    assert.equal(await target.stat("stopped"), null);
    await assert.rejects(target.stat("stopped", { signal: stop.signal }), reason);
  });
}

function neverReplaces(test: Register): void {
  test("put() never replaces what has the name, ours or another's", async (place) => {
    await using target = place.open();
    await place.plant("foreign", textBytes("theirs"));
    await target.put("own", bytesSource(textBytes("first")));

    for (const name of ["foreign", "own"]) {
      await assert.rejects(target.put(name, bytesSource(textBytes("second"))), {
        code: "target.exists",
      });
    }

    assert.deepEqual(await read(target, "foreign"), textBytes("theirs"));
    assert.deepEqual(await read(target, "own"), textBytes("first"));
  });

  test("two put() of one name at once leave one whole object", async (place) => {
    await using one = place.open();
    await using other = place.open();
    const contents = [randomBytes(5 * MIB), randomBytes(5 * MIB)];

    const ends = await Promise.allSettled([
      one.put("same", bytesSource(contents[0] ?? new Uint8Array())),
      other.put("same", bytesSource(contents[1] ?? new Uint8Array())),
    ]);

    const found = hash(await read(one, "same"));
    const winner = contents.findIndex((bytes) => hash(bytes) === found);
    assert.notEqual(winner, -1, "a mixture");
    if (!one.abilities.conditionalCreate) return;
    assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal(ends[winner]?.status, "fulfilled");
  });
}

function readsParts(test: Register): void {
  test("get() gives exactly the asked range", async (place) => {
    await using target = place.open();
    const bytes = randomBytes(3 * MIB);
    await target.put("ranged", bytesSource(bytes));
    const ranges = [[0, 1], [5, 5 + MIB], [bytes.length - 1, bytes.length], [7, 7]] as const;
    for (const [start, end] of ranges) {
      assert.deepEqual(await read(target, "ranged", { start, end }), bytes.subarray(start, end));
    }
    assert.deepEqual(await read(target, "ranged", { start: MIB }), bytes.subarray(MIB));
  });

  test("what is not there is null to stat() and target.not_found to get()", async (place) => {
    await using target = place.open();
    assert.equal(await target.stat("folder/none"), null);
    await assert.rejects(read(target, "folder/none"), { code: "target.not_found" });
  });
}

function lists(test: Register): void {
  test("list() gives 3,000 objects once each, and no temporaries", async (place) => {
    await using target = place.open();
    const names = Array.from(
      { length: 3000 },
      (_none, index) => `many/${index % 7}/object ${index}`,
    );
    for (let begin = 0; begin < names.length; begin += 50) {
      await Promise.all(
        names.slice(begin, begin + 50).map((name) =>
          target.put(name, bytesSource(textBytes(name)))
        ),
      );
    }
    await place.plant("many/object.zip.0123abcd.part", textBytes("unfinished"));

    assert.deepEqual(await listed(target, "many/"), [...names].sort());
    assert.deepEqual(
      await listed(target, "many/3/object 1"),
      names.filter((name) => name.startsWith("many/3/object 1")).sort(),
    );
    assert.deepEqual(await listed(target, "none/"), []);
  });
}

function removesAndSweeps(test: Register): void {
  test("remove() takes one object, and is content when there is none", async (place) => {
    await using target = place.open();
    await target.put("folder/one", bytesSource(textBytes("1")));
    await target.put("folder/two", bytesSource(textBytes("2")));

    await target.remove("folder/one");
    await target.remove("folder/one");
    await target.remove("nowhere/none");

    assert.deepEqual(await listed(target, ""), ["folder/two"]);
  });

  test("sweep() takes old unfinished uploads, nothing young and nothing of others", async (place) => {
    await using target = place.open();
    await target.put("kept", bytesSource(textBytes("kept")));
    for (const name of ["old.zip.0123abcd.part", "young.zip.89abcdef.part", "their.part"]) {
      await place.plant(name, textBytes("unfinished"));
    }
    await place.age("old.zip.0123abcd.part", 3 * 86_400_000);
    await place.age("their.part", 3 * 86_400_000);

    assert.equal(await target.sweep({ olderThanMs: 86_400_000 }), 1);

    const left = (await place.names()).filter((name) => /part$|kept/.test(name)).sort();
    assert.deepEqual(left, ["kept", "their.part", "young.zip.89abcdef.part"]);
  });

  test("space() is known or null, and probe() writes nothing", async (place) => {
    await using target = place.open();
    const before = await place.names();

    await target.probe();
    const space = await target.space();

    assert.deepEqual(await place.names(), before);
    if (target.abilities.quota) assert.ok(space !== null && space.totalBytes > 0);
    else assert.equal(space, null);
  });
}

function standsFaults(kind: KindUnderTest): void {
  Deno.test(`${kind.kind}: a place that is not there is target.unreachable to every call`, async () => {
    await using target = await kind.unreachable();
    await assertEveryCall(target, "target.unreachable");
  });
  const { refused, full } = kind;
  if (refused !== undefined) {
    Deno.test(`${kind.kind}: a place that does not let us in is target.refused`, async () => {
      await using place = await refused();
      await using target = place.open();
      await assert.rejects(target.put("name", bytesSource(textBytes("x"))), {
        code: "target.refused",
      });
    });
  }
  if (full === undefined) return;
  Deno.test(`${kind.kind}: a full place is target.full, and keeps what it has`, async () => {
    await using place = await full.place();
    await using target = place.open();
    await target.put("small", bytesSource(textBytes("small")));

    await assert.rejects(target.put("large", countingSource(full.bytes)), { code: "target.full" });

    assert.equal(await target.stat("large"), null);
    assert.deepEqual(await read(target, "small"), textBytes("small"));
    assert.deepEqual((await place.names()).filter((name) => name.endsWith(".part")), []);
  });
}

async function assertEveryCall(target: Target, code: string): Promise<void> {
  await assert.rejects(target.probe(), { code });
  await assert.rejects(target.put("name", bytesSource(textBytes("x"))), { code });
  await assert.rejects(read(target, "name"), { code });
  await assert.rejects(target.stat("name"), { code });
  await assert.rejects(listed(target, ""), { code });
  await assert.rejects(target.remove("name"), { code });
  await assert.rejects(target.space(), { code });
}

async function listed(target: Target, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(target.list(prefix), ({ name }) => name)).sort();
}

async function read(
  target: Target,
  name: string,
  range: { start?: number; end?: number } = {},
): Promise<Uint8Array> {
  return await new Response(await target.get(name, range)).bytes();
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; done += 65_536) {
    crypto.getRandomValues(bytes.subarray(done, done + 65_536));
  }
  return bytes;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Each megabyte holds its own number: cheap to make, and no two places look alike. */
function countingSource(size: number): Source {
  return watchedSource(size, () => {});
}

function watchedSource(size: number, watch: (offset: number) => void): Source {
  return {
    size,
    read: (offset, buffer) => {
      watch(offset);
      const filled = Math.max(0, Math.min(buffer.length, size - offset));
      buffer.set(countedBytes(offset, filled));
      return Promise.resolve(filled);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function dyingSource(size: number, at: number): Source {
  const fault = new AppError("storage.failed", { path: "source", found: "EIO" });
  return watchedSource(size, (offset) => {
    if (offset + MIB > at) throw fault;
  });
}

function countedBytes(offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const megabyte = Math.floor((offset + done) / MIB);
    const end = Math.min(length, (megabyte + 1) * MIB - offset);
    bytes.fill(megabyte % 251, done, end);
    done = end;
  }
  return bytes;
}
