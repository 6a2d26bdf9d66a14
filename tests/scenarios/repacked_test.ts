import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../helpers/run.ts";
import { type Answer, openTestApp, type TestApp } from "../helpers/test_app.ts";
import { hashTree } from "../helpers/hash_tree.ts";

/** A backup of ours, unpacked by a person, and gone from the store. */
interface Unpacked extends AsyncDisposable {
  readonly test: TestApp;
  readonly id: string;
  /** Where `<id>/` is, which holds what the ZIP held. */
  readonly around: string;
  readonly inside: string;
  /** Where a test puts the archive that it packs. */
  readonly zip: string;
}

async function unpacked(prepare?: (covers: string) => void): Promise<Unpacked> {
  const test = await openTestApp();
  prepare?.(test.library.config.covers);
  const { body: { backup_id: id, file_path } } = await test.call("POST", "create", { json: {} });
  const around = await Deno.makeTempDir({ prefix: "shuku-repacked-" });
  const inside = join(around, id);
  await run("unzip", ["-q", file_path, "-d", inside]);
  assert.equal((await test.call("DELETE", id)).status, 200);
  return {
    test,
    id,
    around,
    inside,
    zip: join(around, "packed.zip"),
    [Symbol.asyncDispose]: async () => {
      await test[Symbol.asyncDispose]();
      await Deno.remove(around, { recursive: true });
    },
  };
}

async function upload({ test, id, zip }: Unpacked, query = "", language = "zh"): Promise<Answer> {
  return await test.call("PUT", `upload/${id}.zip${query}`, {
    body: await Deno.readFile(zip),
    headers: { "Accept-Language": language },
  });
}

const python = (script: string, ...args: string[]) => run("python3", ["-c", script, ...args]);

/** What other programs make of a backup that nobody changed. */
const HARMLESS: readonly {
  what: string;
  pack(unpacked: Unpacked): Promise<unknown>;
  warned: readonly RegExp[];
}[] = [
  {
    what: "Finder packs the folder: a folder around it, __MACOSX, .DS_Store",
    pack: async ({ around, inside, id, zip }) => {
      await Deno.writeTextFile(join(inside, ".DS_Store"), "Bud1");
      await Deno.writeTextFile(join(inside, "covers", ".DS_Store"), "Bud1");
      await Deno.mkdir(join(around, "__MACOSX", id, "covers"), { recursive: true });
      await Deno.writeTextFile(join(around, "__MACOSX", `._${id}`), "\0\x05\x16\x07");
      await Deno.writeTextFile(join(around, "__MACOSX", id, "covers", "._1.jpg"), "\0\x05\x16\x07");
      await run("zip", ["-q", "-r", zip, id, "__MACOSX"], { cwd: around });
    },
    warned: [/里面|inside the folder/, /\.DS_Store/],
  },
  {
    what: "Explorer packs the content: Thumbs.db, desktop.ini, nothing compressed",
    pack: async ({ inside, zip }) => {
      await Deno.writeTextFile(join(inside, "covers", "Thumbs.db"), "x");
      await Deno.writeTextFile(join(inside, "config", "desktop.ini"), "[x]");
      await Deno.writeTextFile(join(inside, "config", "._config.yaml"), "not: a config");
      await run("7z", ["a", "-tzip", "-mx=0", "-mcu=on", zip, "."], { cwd: inside });
    },
    warned: [/Thumbs\.db/],
  },
  {
    what: "bsdtar packs the folder, with entries for folders",
    pack: ({ around, id, zip }) =>
      run("bsdtar", ["--format", "zip", "-cf", zip, id], { cwd: around }),
    warned: [/里面|inside the folder/],
  },
  {
    what: "Python packs it two folders deep, the metadata first, beside a note",
    pack: ({ inside, zip }) =>
      python(
        `import os,sys,zipfile
inside,target=sys.argv[1:]
names=sorted((os.path.relpath(os.path.join(f,n),inside) for f,_,ns in os.walk(inside) for n in ns), key=lambda n:(n!='metadata.json',n))
with zipfile.ZipFile(target,'w',zipfile.ZIP_DEFLATED,compresslevel=1) as z:
    for n in names: z.write(os.path.join(inside,n),'old/backup/'+n)
    z.writestr('old/backup/read me.txt','hello')`,
        inside,
        zip,
      ),
    warned: [/里面|inside the folder/, /read me\.txt/],
  },
  {
    what: "a Mac takes the letters of a name apart",
    pack: async ({ inside, zip }) => {
      const covers = join(inside, "covers");
      await Deno.rename(join(covers, "が é.jpg"), join(covers, "が é.jpg".normalize("NFD")));
      await run("zip", ["-q", "-r", zip, "."], { cwd: inside });
    },
    warned: [],
  },
];

for (const { what, pack, warned } of HARMLESS) {
  Deno.test(`a backup is taken in, validated and restored although ${what}`, async () => {
    await using fix = await unpacked((covers) =>
      Deno.writeTextFileSync(join(covers, "が é.jpg"), "a picture")
    );
    const { test, id } = fix;
    const before = await hashTree(test.library.config.covers);
    await pack(fix);

    const taken = await upload(fix);
    const checked = await test.call("GET", `validate/${id}`);
    const preview = await test.call("POST", "restore/preview", { json: { backup_id: id } });
    await Deno.remove(join(test.library.config.covers, "1.jpg"));
    await Deno.remove(join(test.library.config.covers, "が é.jpg"));
    const restored = await test.call("POST", "restore", { json: { backup_id: id } });

    assert.equal(taken.status, 200, JSON.stringify(taken.body));
    for (const [name, { body }] of Object.entries({ taken, checked, preview, restored })) {
      const told = body.warnings.join("\n");
      for (const warning of warned) assert.match(told, warning, name);
    }
    assert.deepEqual([checked.body.valid, taken.body.state], [true, "ok"]);
    assert.equal(preview.body.allowed, true, JSON.stringify(preview.body.refusals));
    const { added, removed, changed } = preview.body.covers;
    assert.deepEqual([added, removed, changed], [0, 0, 0], JSON.stringify(preview.body.covers));
    assert.equal(restored.status, 200, JSON.stringify(restored.body));
    assert.deepEqual(await hashTree(test.library.config.covers), before);
  });
}

/** What a person may have done to it in between. */
const CHANGES: readonly {
  what: string;
  paths: readonly string[];
  change(inside: string): Promise<unknown>;
}[] = [
  {
    what: "an edited config",
    paths: ["config/config.yaml"],
    change: (inside) =>
      Deno.writeTextFile(join(inside, "config", "config.yaml"), "# edited\n", { append: true }),
  },
  {
    what: "another picture, one more and one less",
    paths: ["covers/1.jpg", "covers/2.jpg", "covers/new.jpg"],
    change: async (inside) => {
      await Deno.writeTextFile(join(inside, "covers", "1.jpg"), "another picture");
      await Deno.remove(join(inside, "covers", "2.jpg"));
      await Deno.writeTextFile(join(inside, "covers", "new.jpg"), "a new picture");
    },
  },
];

for (const { what, paths, change } of CHANGES) {
  Deno.test(`a backup with ${what} is called changed, and may be accepted as it is`, async () => {
    await using fix = await unpacked();
    const { test, id, inside, zip } = fix;
    await change(inside);
    await run("zip", ["-q", "-r", zip, "."], { cwd: inside });

    const refused = await upload(fix);
    const english = await upload(fix, "", "en");
    const taken = await upload(fix, "?force=true");
    const checked = await test.call("GET", `validate/${id}`);
    const order = { backup_id: id };
    const preview = await test.call("POST", "restore/preview", { json: order });
    const stopped = await test.call("POST", "restore", { json: order });
    const forced = await test.call("POST", "restore/preview", { json: { ...order, force: true } });
    const restored = await test.call("POST", "restore", { json: { ...order, force: true } });

    assert.deepEqual([refused.status, refused.body.code], [400, "upload.damaged"]);
    assert.match(refused.body.detail, /制作之后被改动过: .*force/);
    assert.match(english.body.detail, /changed since it was made: .*force/);
    for (const path of paths) assert.ok(refused.body.detail.includes(path), refused.body.detail);
    for (const { body } of [refused, english, checked, stopped]) {
      assert.doesNotMatch(JSON.stringify(body), /磁盘|disk|损坏: /);
    }
    assert.equal(taken.status, 200, JSON.stringify(taken.body));
    assert.equal(taken.body.verified_at, null);
    assert.deepEqual([checked.body.valid, checked.body.damage], [false, ["changed"]]);
    assert.deepEqual(checked.body.damaged.toSorted(), paths);
    assert.equal(preview.body.allowed, false);
    assert.deepEqual(preview.body.refusals.map(({ force }: { force: boolean }) => force), [true]);
    assert.deepEqual([stopped.status, stopped.body.code], [400, "restore.invalid_backup"]);
    assert.equal(forced.body.allowed, true);
    assert.equal(restored.status, 200, JSON.stringify(restored.body));
    for (const path of paths) {
      const live = join(test.library.root, path);
      const wanted = join(inside, path);
      assert.deepEqual(await readOrNull(live), await readOrNull(wanted), path);
    }
  });
}

Deno.test("a damaged backup is not accepted by force, changed though it is as well", async () => {
  await using fix = await unpacked();
  const { inside, zip } = fix;
  await Deno.writeTextFile(join(inside, "config", "config.yaml"), "# edited\n", { append: true });
  await run("zip", ["-q", "-r", "-0", zip, "."], { cwd: inside });
  const bytes = await Deno.readFile(zip);
  const at = bytes.findIndex((_, index) =>
    new TextDecoder().decode(bytes.subarray(index, index + 6)) === "SQLite"
  );
  bytes[at + 5000] = (bytes[at + 5000] ?? 0) ^ 1;
  await Deno.writeFile(zip, bytes);

  const { status, body } = await upload(fix, "?force=true");

  assert.deepEqual([status, body.code], [400, "upload.damaged"]);
  assert.match(body.detail, /database\/library\.db/);
});

/** What cannot be read through, with the words that must be in the sentence. */
const CURABLE: readonly {
  what: string;
  pack(unpacked: Unpacked): Promise<unknown>;
  zh: RegExp;
  en: RegExp;
}[] = [
  {
    what: "names in GBK",
    pack: ({ inside, zip }) =>
      python(
        `import os,sys,zipfile
class Info(zipfile.ZipInfo):
    def _encodeFilenameFlags(self): return self.filename.encode('gbk'), self.flag_bits
inside,target=sys.argv[1:]
with zipfile.ZipFile(target,'w') as z:
    for f,_,ns in os.walk(inside):
        for n in ns:
            p=os.path.join(f,n); z.writestr(Info(os.path.relpath(p,inside)),open(p,'rb').read())`,
        inside,
        zip,
      ),
    zh: /GBK.*红楼梦\.jpg.*7-Zip.*UTF-8/,
    en: /GBK.*红楼梦\.jpg.*7-Zip.*UTF-8/,
  },
  {
    what: "backslashes",
    pack: ({ inside, zip }) =>
      python(
        `import os,sys,zipfile
inside,target=sys.argv[1:]
with zipfile.ZipFile(target,'w') as z:
    for f,_,ns in os.walk(inside):
        for n in ns:
            p=os.path.join(f,n); i=zipfile.ZipInfo('x'); i.filename=os.path.relpath(p,inside).replace('/','\\\\'); z.writestr(i,open(p,'rb').read())`,
        inside,
        zip,
      ),
    zh: /反斜杠: .*7-Zip/,
    en: /backslashes: .*7-Zip/,
  },
  {
    what: "a password",
    pack: ({ inside, zip }) => run("7z", ["a", "-tzip", "-psecret", zip, "."], { cwd: inside }),
    zh: /设有密码/,
    en: /has a password/,
  },
  {
    what: "LZMA",
    pack: ({ inside, zip }) => run("7z", ["a", "-tzip", "-mm=LZMA", zip, "."], { cwd: inside }),
    zh: /LZMA.*Deflate/,
    en: /LZMA.*Deflate/,
  },
  {
    what: "several parts, of which this is the last",
    pack: async ({ inside, zip, around }) => {
      await Deno.writeFile(
        join(inside, "covers", "large.bin"),
        new Uint8Array(200_000).map(() => Math.random() * 256),
      );
      await run("zip", ["-q", "-r", "-s", "64k", join(around, "parts.zip"), "."], { cwd: inside });
      await Deno.rename(join(around, "parts.zip"), zip);
    },
    zh: /分卷/,
    en: /split archive/,
  },
  {
    what: "several parts, of which this is the first",
    pack: async ({ inside, zip, around }) => {
      await Deno.writeFile(
        join(inside, "covers", "large.bin"),
        new Uint8Array(200_000).map(() => Math.random() * 256),
      );
      await run("zip", ["-q", "-r", "-s", "64k", join(around, "parts.zip"), "."], { cwd: inside });
      await Deno.rename(join(around, "parts.z01"), zip);
    },
    zh: /分卷/,
    en: /split archive/,
  },
];

for (const { what, pack, zh, en } of CURABLE) {
  Deno.test(`a backup packed anew with ${what} is refused with the cure`, async () => {
    await using fix = await unpacked();
    await pack(fix);

    const chinese = await upload(fix);
    const english = await upload(fix, "", "en");

    assert.equal(chinese.status, 400);
    assert.match(chinese.body.detail, zh);
    assert.match(english.body.detail, en);
    assert.doesNotMatch(chinese.body.detail + english.body.detail, /磁盘|disk|不安全|unsafe/);
    assert.equal((await fix.test.call("GET", "list")).body.total, 0);
  });
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
