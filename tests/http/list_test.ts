import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../helpers/fake_clock.ts";
import { openTestApp, type TestApp } from "../helpers/test_app.ts";
import { testCommand } from "../helpers/test_command.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";

const CONFIG = { json: { includes: ["config"] } };

interface Row {
  readonly backup_id: string;
  readonly future: boolean;
  readonly newest_verified: boolean;
}

async function create(house: TestApp): Promise<string> {
  const { status, body } = await house.call("POST", "create", CONFIG);
  assert.equal(status, 200, JSON.stringify(body));
  return body.backup_id;
}

async function list(house: TestApp): Promise<Row[]> {
  return (await house.call("GET", "list")).body.backups;
}

Deno.test("GET list in pages shows each backup once, in the order of the whole, whatever goes meanwhile", async () => {
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  await using house = await openTestApp({ open: { clock } });
  for (let made = 0; made < 5; made += 1) {
    await create(house);
    if (made % 2 === 0) clock.advance(60_000);
  }
  const whole = (await house.call("GET", "list")).body;
  const seen: string[] = [];
  let cursor: string | null = "";

  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { status, body } = await house.call("GET", `list?limit=2${query}`);
    assert.equal(status, 200);
    assert.ok(body.backups.length <= 2);
    const ids: string[] = body.backups.map(({ backup_id }: Row) => backup_id);
    seen.push(...ids);
    cursor = body.next_cursor;
    // The one that the cursor was taken from.
    if (seen.length === 2) await house.call("DELETE", seen[1] ?? "");
  }

  assert.equal(whole.total, 5);
  assert.deepEqual(Object.keys(whole), ["backups", "total"]);
  assert.deepEqual(seen, whole.backups.map(({ backup_id }: Row) => backup_id));
});

Deno.test("GET list refuses a limit and a cursor that are none", async () => {
  await using house = await openTestApp();

  for (const query of ["limit=0", "limit=1001", "limit=ten", "cursor=%2F..", "cursor=YWJj"]) {
    const { status, body } = await house.call("GET", `list?${query}`);

    assert.equal(status, 422, query);
    assert.equal(body.code, "request.invalid");
  }
});

Deno.test("GET list names what looks like a backup and is not listed, with the cure", async () => {
  await using house = await openTestApp();
  const folder = house.library.config.backup.path;
  const ignored = [".hidden.zip", "notes.txt", "backup_20260101_010101.zip.md5", "state.json"];
  const named = [
    "my backup.zip",
    "backup_20260101_010101 (1).zip",
    "Backup_20260101_010101.ZIP",
    "备份.zip",
    "backup_20260101_010101.zip.part",
    "backup_20260101_010101.zip.crdownload",
  ];
  for (const name of [...ignored, ...named]) await Deno.copyFile(SOOKLIB_ZIP, join(folder, name));
  await Deno.copyFile(SOOKLIB_ZIP, join(folder, `${SOOKLIB_ID}.zip`));
  await Deno.mkdir(join(folder, "backup_20260102_000000.zip"));

  const { body } = await house.call("GET", "list", { headers: { "Accept-Language": "en" } });
  const listed = await testCommand(house.library, ["list"]);
  const json = await testCommand(house.library, ["list", "--json"]);

  assert.equal(body.total, 1);
  const why = new Map<string, string>(
    body.not_shown.map((one: { file_name: string; detail: string }) => [one.file_name, one.detail]),
  );
  assert.deepEqual([...why.keys()].sort(), [...named, "backup_20260102_000000.zip"].sort());
  assert.match(why.get("my backup.zip") ?? "", /because of its name.*Rename it/);
  assert.match(why.get("backup_20260101_010101.zip.part") ?? "", /has not finished/);
  assert.match(why.get("backup_20260102_000000.zip") ?? "", /a folder or a link/);
  assert.match(listed.terminal.noted.join("\n"), /my backup\.zip: not shown because of its name/);
  assert.equal(json.json.not_shown.length, named.length + 1);
});

Deno.test("a backup of 2036 is marked and last, warned about, and neither stops nor ages anything", async () => {
  const clock = new FakeClock("2036-01-15T02:00:00Z");
  await using house = await openTestApp({
    open: { clock },
    env: { BACKUP_RETENTION_COUNT: "2" },
  });
  const request = { includes: ["config"], actor: "test" } as const;
  const { backup_id: strange } = await (await house.app.manager.create(request)).result;
  clock.jumpTo("2026-01-15T02:00:00Z");
  assert.equal(
    (await house.call("GET", "/api/health", { as: "nobody" })).body.last_backup_age_seconds,
    null,
  );
  const oldest = await create(house);
  for (let made = 0; made < 2; made += 1) {
    clock.advance(60_000);
    await create(house);
  }
  clock.advance(3_600_000);

  const { status, body } = await house.call("POST", "create", CONFIG);
  clock.advance(90_000);

  assert.equal(status, 200);
  assert.match(body.warnings.join(), new RegExp(`时间晚于现在.*${strange}`));
  const rows = await list(house);
  assert.deepEqual(rows.map(({ future }) => future), [false, false, true]);
  assert.ok(!rows.some(({ backup_id }) => backup_id === oldest), "retention went on");
  assert.equal(rows[2]?.backup_id, strange);
  assert.deepEqual(rows.map((row) => row.newest_verified), [true, false, false]);
  const { body: health } = await house.call("GET", "/api/health", { as: "nobody" });
  assert.equal(health.last_backup_age_seconds, 90);
  const { body: stats } = await house.call("GET", "stats");
  assert.equal(stats.latest_backup.backup_id, rows[0]?.backup_id);
  assert.equal(stats.latest_verified.backup_id, rows[0]?.backup_id);
  const { body: preview } = await house.call("GET", "retention/preview");
  const decision = preview.backups.find((one: Row) => one.backup_id === strange);
  assert.deepEqual([decision.action, decision.reason], ["keep", "future"]);
  const metrics = await house.call("GET", "/metrics");
  const madeAt = Date.parse("2026-01-15T02:02:00Z") / 1000 + 3600;
  assert.match(metrics.body, new RegExp(`last_success_timestamp_seconds ${madeAt}\\b`));
});

Deno.test("a clock that fell back to 1970 prunes nothing, and knows its backups again afterwards", async () => {
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  await using house = await openTestApp({
    open: { clock },
    env: { BACKUP_RETENTION_COUNT: "2" },
  });
  const first = await create(house);
  clock.advance(60_000);
  const second = await create(house);
  clock.jumpTo("1970-01-01T00:00:00Z");

  const { body } = await house.call("POST", "create", CONFIG);
  clock.jumpTo("2026-01-15T03:00:00Z");

  assert.deepEqual(body.removed, []);
  const rows = await list(house);
  assert.deepEqual(rows.slice(0, 2).map(({ backup_id }) => backup_id), [second, first]);
  assert.ok(rows.every(({ future }) => !future));
});
