import assert from "node:assert/strict";
import { join } from "node:path";
import { stampTime, utcTime } from "../../src/base/clock.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { openTestApp, type TestApp } from "../helpers/test_app.ts";
import { testCommand } from "../helpers/test_command.ts";
import { testTerminal } from "../helpers/test_terminal.ts";
import { testLibrary } from "../helpers/test_library.ts";

const DAY = 24 * 3_600_000;
const CONFIG = { json: { includes: ["config"] } };

async function create(house: TestApp) {
  const { status, body } = await house.call("POST", "create", CONFIG);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function listIds(house: TestApp): Promise<string[]> {
  const { body } = await house.call("GET", "list");
  return body.backups.map(({ backup_id }: { backup_id: string }) => backup_id);
}

/** Copies a backup under the ids of the days before it, as somebody does who brings a folder of backups along. */
async function multiply(
  house: TestApp,
  madeAt: number,
  options: { count: number; withSidecar: boolean },
): Promise<string[]> {
  const folder = house.library.config.backup.path;
  const [id = ""] = await listIds(house);
  const sidecar = JSON.parse(await Deno.readTextFile(join(folder, `${id}.json`)));
  const ids: string[] = [];
  for (let day = 1; day <= options.count; day += 1) {
    const at = madeAt - day * DAY;
    const copy = `backup_${stampTime(at, "Asia/Shanghai")}`;
    const zip = join(folder, `${copy}.zip`);
    await Deno.copyFile(join(folder, `${id}.zip`), zip);
    ids.push(copy);
    if (!options.withSidecar) continue;
    const file_mtime_ms = (await Deno.stat(zip)).mtime?.getTime();
    const changes = { backup_id: copy, created_at_utc: utcTime(at), file_mtime_ms, kind: "auto" };
    await Deno.writeTextFile(
      join(folder, `${copy}.json`),
      JSON.stringify({ ...sidecar, ...changes }),
    );
  }
  return ids;
}

Deno.test("three hundred ZIPs copied in by hand are uploaded ones: no backup after them takes one away", async () => {
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  await using house = await openTestApp({ open: { clock } });
  await create(house);
  const ids = await multiply(house, clock.now(), { count: 300, withSidecar: false });

  for (let day = 0; day < 3; day += 1) {
    clock.advance(DAY);
    const { removed, pending_removal } = await create(house);
    assert.deepEqual([removed, pending_removal], [[], null]);
  }

  const { body } = await house.call("GET", "list");
  assert.equal(body.total, 304);
  const kinds = new Map<string, string>(
    body.backups.map((one: { backup_id: string; kind: string }) => [one.backup_id, one.kind]),
  );
  for (const id of ids) assert.equal(kinds.get(id), "uploaded");
});

Deno.test("three hundred backups brought along with their sidecars wait a day, are told, and then go", async () => {
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  await using house = await openTestApp({ open: { clock } });
  await create(house);
  await multiply(house, clock.now(), { count: 300, withSidecar: true });
  clock.advance(60_000);

  const first = await create(house);

  assert.deepEqual(first.removed, []);
  assert.equal(first.pending_removal.backup_ids.length, 295);
  assert.match(first.warnings.join(), /295 个旧备份超过保留数量/);
  const job = (await house.call("GET", "jobs")).body.jobs[0];
  assert.match(job.warnings.join(), /295/);
  for (const path of ["retention/preview", "stats"]) {
    const { body } = await house.call("GET", path);
    const pending = body.pending ?? body.pending_removal;
    assert.equal(pending.backup_ids.length, 295, path);
    assert.equal(pending.removes_at, "2026-01-16T01:31:00.000Z", path);
  }
  clock.advance(6 * 3_600_000);
  assert.deepEqual((await create(house)).removed, []);
  const saved = (await listIds(house)).at(-1) ?? "";
  await house.call("PATCH", saved, { json: { pinned: true } });
  clock.advance(DAY);
  const last = await create(house);
  assert.equal(last.pending_removal, null);
  const left = await listIds(house);
  assert.equal(left.length, 7 + 1, "those to keep, and the one that was pinned");
  assert.ok(left.includes(saved));
});

Deno.test("a person who has seen what waits may remove it at once, and only that", async () => {
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  await using house = await openTestApp({
    open: { clock },
    env: { BACKUP_RETENTION_COUNT: "2" },
  });
  await create(house);
  await multiply(house, clock.now(), { count: 4, withSidecar: true });
  clock.advance(60_000);
  const { pending_removal: pending } = await create(house);
  const [newest = ""] = await listIds(house);

  const stranger = await house.call("POST", "retention/confirm", {
    as: "reader",
    json: { backup_ids: pending.backup_ids },
  });
  const { status, body } = await house.call("POST", "retention/confirm", {
    json: { backup_ids: [...pending.backup_ids, newest, "../../etc/passwd"] },
  });

  assert.equal(stranger.status, 403);
  assert.equal(status, 200);
  assert.deepEqual(body.removed.toSorted(), pending.backup_ids.toSorted());
  assert.deepEqual(body.kept, [newest, "../../etc/passwd"]);
  assert.equal((await listIds(house)).length, 2);
  assert.equal((await house.call("GET", "retention/preview")).body.pending, null);
  const { audit } = (await house.call("GET", "audit")).body;
  assert.ok(audit.some(({ action }: { action: string }) => action === "retention.confirm"));
});

Deno.test("a smaller count is told before it takes anything, and the command line asks", async () => {
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: "5" });
  const argv = ["backup", "--includes", "config"];
  for (let made = 0; made < 4; made += 1) await testCommand(library, argv);
  const { config } = await library.reload({ BACKUP_RETENTION_COUNT: "1" });
  const fewer = { ...library, config };

  const scheduled = await testCommand(fewer, argv);
  const dry = await testCommand(fewer, ["prune", "--dry-run"]);
  const refused = await testCommand(fewer, [...argv], {
    terminal: testTerminal({ answers: ["no"] }),
  });
  const total = (await testCommand(fewer, ["list", "--json"])).json.total;
  const terminal = testTerminal({ answers: ["yes"] });
  await testCommand(fewer, argv, { terminal });

  assert.match(scheduled.terminal.noted.join(), /old backups are over the number to keep/);
  assert.equal(dry.terminal.printed.length, 1 + 4);
  assert.match(refused.terminal.asked.join(), /Delete the 5 backups/);
  assert.equal(total, 6);
  assert.match(terminal.output, /Removed 6 backups/);
  assert.equal((await testCommand(fewer, ["list", "--json"])).json.total, 1);
});

Deno.test("prune asks, and removes what is over the count without a backup being made", async () => {
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: "5" });
  for (let made = 0; made < 4; made += 1) {
    await testCommand(library, ["backup", "--includes", "config"]);
  }
  const { config } = await library.reload({ BACKUP_RETENTION_COUNT: "1" });
  const fewer = { ...library, config };

  const nobody = await testCommand(fewer, ["prune"]);
  const no = await testCommand(fewer, ["prune"], { terminal: testTerminal({ answers: ["no"] }) });
  const yes = await testCommand(fewer, ["prune", "--yes", "--json"]);
  const again = await testCommand(fewer, ["prune", "--yes"]);

  assert.equal(nobody.code, 2);
  assert.equal(no.code, 130);
  assert.equal(yes.json.removed.length, 3);
  assert.match(again.terminal.output, /No backup is over/);
});
