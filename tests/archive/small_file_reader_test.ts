import assert from "node:assert/strict";
import { SmallFileReader } from "../../src/archive/small_file_reader.ts";
import { countWorkers } from "../helpers/count_workers.ts";
import { until } from "../helpers/program.ts";
import { noise, scratch } from "./support/scratch.ts";

Deno.test({
  name: "SmallFileReader.rest() ends its thread, and the next question starts another",
  ignore: Deno.build.os !== "linux", // Threads are counted in /proc.
  fn: async () => {
    await using temp = await scratch();
    const content = noise(5000);
    await Deno.writeFile(temp.path("1.jpg"), content);
    const workers = countWorkers();
    using reader = new SmallFileReader();

    assert.deepEqual((await reader.read(temp.path("1.jpg")))?.bytes, content);
    assert.equal(countWorkers(), workers + 1);
    reader.rest();
    await until(() => countWorkers() === workers);

    assert.deepEqual((await reader.read(temp.path("1.jpg")))?.bytes, content);
  },
});

Deno.test("SmallFileReader.rest() disturbs no question that is still open", async () => {
  await using temp = await scratch();
  const content = noise(5000);
  await Deno.writeFile(temp.path("1.jpg"), content);
  using reader = new SmallFileReader();

  const first = reader.read(temp.path("1.jpg"));
  reader.rest();
  await Promise.resolve();
  const second = reader.read(temp.path("1.jpg"));
  reader.rest();

  for (const file of await Promise.all([first, second])) assert.deepEqual(file?.bytes, content);
});
