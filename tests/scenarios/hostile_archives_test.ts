import assert from "node:assert/strict";
import { join } from "node:path";
import { HOSTILE_ARCHIVES, SLIPPED, soundArchive } from "../helpers/hostile_archives.ts";
import { HOSTILE_DATABASES, spoiltCopy, withOwnCollation } from "../helpers/hostile_databases.ts";
import { hashTree, type Tree } from "../helpers/hash_tree.ts";
import { type Answer, openTestApp, type TestApp } from "../helpers/test_app.ts";

const ID = "backup_20260101_000000";
const IN_CHINESE = /\p{Script=Han}/u;

/** Both doors of the product, with the languages of both readers. */
interface Doors {
  readonly test: TestApp;
  /** Uploads as a raw body and as a form: the first answered in Chinese, the second in English. */
  upload(archive: Uint8Array<ArrayBuffer>): Promise<Answer[]>;
  /** Copies into the store by hand. */
  copyIn(archive: Uint8Array): Promise<void>;
  /** Validates, previews and restores what was copied in, first in Chinese, then in English and by force. */
  validate(): Promise<Answer[]>;
  preview(): Promise<Answer[]>;
  restore(options?: { force: boolean }): Promise<Answer[]>;
  /** Everything in the library and in the store but the backup's own pair and the service's notes. */
  tree(): Promise<Tree>;
  forget(): Promise<void>;
}

function doorsOf(test: TestApp): Doors {
  const { config, root } = test.library;
  const beside = (extension: string) => join(config.backup.path, `${ID}.${extension}`);
  const headers = { "Accept-Language": "en" };
  const both = async (method: string, path: string, first?: unknown, second = first) => [
    await test.call(method, path, first === undefined ? {} : { json: first }),
    await test.call(method, path, { headers, ...second === undefined ? {} : { json: second } }),
  ];
  const order = { backup_id: ID, create_snapshot: false };
  return {
    test,
    upload: async (archive) => {
      const form = new FormData();
      form.append("file", new File([archive], `${ID}.zip`));
      const raw = await test.call("PUT", `upload/${ID}.zip`, { body: archive });
      return [raw, await test.call("POST", "upload", { body: form, headers })];
    },
    copyIn: (archive) => Deno.writeFile(beside("zip"), archive),
    validate: () => both("GET", `validate/${ID}`),
    preview: () => both("POST", "restore/preview", order),
    restore: ({ force } = { force: true }) => both("POST", "restore", order, { ...order, force }),
    tree: () => hashTree(root, (name) => NOTES.test(name) || name.startsWith(ID)),
    forget: async () => {
      for (const extension of ["zip", "json"]) {
        await Deno.remove(beside(extension)).catch(() => {});
      }
    },
  };
}

/** Locks, histories and the quarantine's folder come and go with any job. */
const NOTES =
  /^\.(?:lock|jobs|audit|quarantine$|shuku$|shuku-(?:store|restore-last))|^state\.json$/;

function assertSentences(answers: readonly (string | undefined)[]): void {
  const [chinese = "", english = ""] = answers;
  assert.match(chinese, IN_CHINESE);
  assert.match(english, /^[A-Za-z].{20,}/s);
  assert.notEqual(english, chinese);
  for (const text of [chinese, english]) assert.doesNotMatch(text, /\.shuku-|undefined|\n\s+at /);
}

async function assertRefusedAtTheDoor(doors: Doors, archive: Uint8Array<ArrayBuffer>) {
  const answers = await doors.upload(archive);

  assert.deepEqual(answers.map(({ status }) => status), [400, 400], JSON.stringify(answers));
  assertSentences(answers.map(({ body }) => body.detail));
}

async function assertRefusedInTheStore(doors: Doors, archive: Uint8Array<ArrayBuffer>) {
  await doors.copyIn(archive);

  const validated = await doors.validate();
  assert.deepEqual(validated.map(({ status }) => status), [200, 200]);
  assert.deepEqual(validated.map(({ body }) => body.valid), [false, false]);
  assertSentences(validated.map(({ body }) => body.error));
  const previews = await doors.preview();
  assert.deepEqual(previews.map(({ status }) => status), [200, 200]);
  assert.deepEqual(previews.map(({ body }) => body.allowed), [false, false]);
  assertSentences(previews.map(({ body }) => body.refusals[0]?.detail));
  const restored = await doors.restore();
  assert.deepEqual(restored.map(({ status }) => status), [400, 400], JSON.stringify(restored));
  assertSentences(restored.map(({ body }) => body.detail));
}

async function assertNothingSlipped({ test }: Doors): Promise<void> {
  for (const folder of [join(test.library.root, ".."), "/tmp", "/", Deno.cwd()]) {
    for await (const { name } of Deno.readDir(folder)) {
      assert.ok(!name.includes(SLIPPED), join(folder, name));
    }
  }
}

Deno.test("a hostile archive is refused at both doors with a sentence, and nothing changes", async (t) => {
  await using test = await openTestApp();
  const doors = doorsOf(test);
  await doors.upload(soundArchive([], { metadata: "{" }));
  const before = await doors.tree();
  assert.ok(HOSTILE_ARCHIVES.length >= 25);

  for (const { what, make } of HOSTILE_ARCHIVES) {
    await t.step(what, async () => {
      const archive = make();

      await assertRefusedAtTheDoor(doors, archive);
      await assertRefusedInTheStore(doors, archive);

      await doors.forget();
      assert.deepEqual(await doors.tree(), before);
    });
  }
  await assertNothingSlipped(doors);
});

Deno.test("a hostile database is refused or needs force, and nothing changes", async (t) => {
  await using test = await openTestApp();
  const doors = doorsOf(test);
  await doors.upload(soundArchive([], { metadata: "{" }));
  const before = await doors.tree();
  const live = test.library.config.database.path;

  for (const { what, outcome, spoil } of HOSTILE_DATABASES) {
    await t.step(what, async () => {
      const content = spoiltCopy(live, test.library.config.backup.path, spoil);
      const archive = soundArchive([{ name: "database/library.db", method: 8, content }]);

      if (outcome === "refused") {
        await assertRefusedAtTheDoor(doors, archive);
        await assertRefusedInTheStore(doors, archive);
      } else {
        if (outcome === "too large") {
          await assertRefusedAtTheDoor(doors, archive);
          await doors.copyIn(archive);
          assert.equal((await doors.validate())[0]?.body.valid, false);
        }
        await doors.copyIn(archive);
        const [preview] = await doors.preview();
        const restored = await doors.restore({ force: false });
        assert.equal(preview?.body.refusals[0].code, "restore.needs_force");
        assert.deepEqual(restored.map(({ status }) => status), [409, 409]);
        assert.equal(restored[0]?.body.code, "restore.needs_force");
        assertSentences(restored.map(({ body }) => body.detail));
      }

      await doors.forget();
      assert.deepEqual(await doors.tree(), before);
    });
  }
});

Deno.test("what only looks hostile is kept as the file it is", async () => {
  await using test = await openTestApp();
  const doors = doorsOf(test);
  const inner = soundArchive([
    { name: "covers/bomb", method: 8, content: new Uint8Array(32 << 20), size: 5 },
  ]);
  const nested = soundArchive([{ name: "covers/nested.zip", content: inner }]);

  const [uploaded] = await doors.upload(nested);
  const [validated] = await doors.validate();
  const [restored] = await doors.restore();

  assert.equal(uploaded?.status, 200);
  assert.equal(validated?.body.valid, true);
  assert.equal(restored?.status, 200, JSON.stringify(restored));
  const { covers } = test.library.config;
  assert.deepEqual(await Deno.readFile(join(covers, "nested.zip")), inner);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(covers), ({ name }) => name)).sort(), [
    "1.jpg",
    "nested.zip",
  ]);
});

Deno.test("a database with a collation that only its library knows is checked as far as it goes", async () => {
  await using test = await openTestApp();
  const doors = doorsOf(test);
  const { config } = test.library;
  const content = spoiltCopy(config.database.path, config.backup.path, withOwnCollation);
  const archive = soundArchive([{ name: "database/library.db", method: 8, content }]);

  const [uploaded] = await doors.upload(archive);
  const [validated] = await doors.validate();
  const [restored] = await doors.restore();

  assert.equal(uploaded?.status, 200, JSON.stringify(uploaded?.body));
  assert.equal(validated?.body.valid, true);
  assert.equal(restored?.status, 200, JSON.stringify(restored?.body));
});
