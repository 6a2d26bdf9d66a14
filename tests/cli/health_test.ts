import assert from "node:assert/strict";
import { freePort, onLibrary, startProgram, until } from "../helpers/program.ts";
import { testLibrary } from "../helpers/test_library.ts";

Deno.test("health: asks the server at the configured address and ends with 0 or 1", async () => {
  await using library = await testLibrary();
  const { argv, env } = onLibrary(library);
  const port = String(freePort());
  // The port comes from the file alone, as in a container whose configuration was edited.
  const text = await Deno.readTextFile(library.config.path ?? "");
  await Deno.writeTextFile(
    library.config.path ?? "",
    text.replace(/^( +port: *)\d+/m, (_line, key: string) => key + port),
  );
  const ask = async () => {
    await using asked = startProgram(["health", "--json", ...argv], { env });
    return { code: await asked.exitCode, answer: JSON.parse(await asked.stdout) };
  };

  const before = await ask();
  await using server = startProgram(["serve", ...argv], { env });
  await until(async () => (await ask()).code === 0);
  const during = await ask();

  assert.equal(before.code, 1);
  assert.equal(before.answer.status, "unreachable");
  assert.match(before.answer.url, new RegExp(`:${port}/`));
  assert.equal(during.code, 0);
  assert.equal(during.answer.status, "ok");
  server.signal("SIGTERM");
  assert.equal(await server.exitCode, 0, await server.stderr);
});
