import assert from "node:assert/strict";
import { RecordLog } from "../../src/jobs/record_log.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

interface Row {
  readonly n: number;
}

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && "n" in value;

Deno.test("RecordLog reads back what was appended, oldest first, past a torn line", async () => {
  await using folder = await tempFolder();
  const log = new RecordLog<Row>(`${folder.path}/log`, isRow);
  await log.append({ n: 1 });
  await Deno.writeTextFile(`${folder.path}/log`, `{"n":`, { append: true });
  await log.append({ n: 2 });

  const rows = await log.read();

  assert.deepEqual(rows, [{ n: 1 }, { n: 2 }]);
});

Deno.test("RecordLog stays within twice its limit and keeps the newest", async () => {
  await using folder = await tempFolder();
  const log = new RecordLog<Row>(`${folder.path}/log`, isRow, { rotateBytes: 200 });

  for (let n = 1; n <= 100; n++) await log.append({ n });

  const rows = await log.read();
  assert.equal(rows.at(-1)?.n, 100);
  assert.ok(rows.length < 60, `${rows.length} rows kept`);
  assert.deepEqual(
    rows.map(({ n }) => n),
    Array.from({ length: rows.length }, (_, i) => 101 - rows.length + i),
  );
});
