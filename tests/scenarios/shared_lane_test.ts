import assert from "node:assert/strict";
import { freePort, onLibrary, startProgram, until } from "../helpers/program.ts";
import { startProgram as startOther } from "../helpers/other_program.ts";
import { TEST_PASSWORD, type TestLibrary, testLibrary } from "../helpers/test_library.ts";

/** A job lasts as long as another program holds the library's database locked. */
Deno.test("server and command line exclude each other, and kill -9 leaves nothing locked", async () => {
  await using library = await testLibrary();
  await using scene = await openScene(library);
  const { server, other, address, headers, argv, env } = scene;
  const accepted = await fetch(`${address}/admin/backup/create?wait=false`, {
    method: "POST",
    headers,
  });
  const { job_id } = await accepted.json();

  await using refused = startProgram(["backup", "--json", ...argv], { env });
  const document = JSON.parse(await refused.stdout);

  assert.equal(await refused.exitCode, 3);
  assert.equal(document.code, "job.busy");
  assert.equal(document.job_id, job_id);

  server.signal("SIGKILL");
  await server.exitCode;
  await other.exec("COMMIT");
  await using next = startProgram(["backup", "--json", ...argv], { env });

  assert.equal(await next.exitCode, 0, await next.stderr);
  const { backup_id } = JSON.parse(await next.stdout);
  const left = (await Array.fromAsync(Deno.readDir(library.config.backup.path))).map(({ name }) =>
    name
  );
  assert.deepEqual(left.filter((name) => !name.startsWith(".") || name.endsWith(".tmp")).sort(), [
    `${backup_id}.json`,
    `${backup_id}.zip`,
    "state.json",
  ]);
});

Deno.test("the command line's job shows in the server's list, and is not cancelled from there", async () => {
  await using library = await testLibrary();
  await using scene = await openScene(library);
  const { other, address, headers, argv, env } = scene;

  await using command = startProgram(["backup", ...argv], { env });
  const jobs = async () =>
    (await (await fetch(`${address}/admin/backup/jobs`, { headers })).json()).jobs;
  await until(async () => (await jobs()).some((job: { state: string }) => job.state === "running"));
  const [job] = await jobs();
  const cancelled = await fetch(`${address}/admin/backup/jobs/${job.job_id}/cancel`, {
    method: "POST",
    headers,
  });
  await cancelled.body?.cancel();
  const created = await fetch(`${address}/admin/backup/create`, { method: "POST", headers });
  const refusal = await created.json();
  await other.exec("COMMIT");

  assert.equal(job.actor, "cli");
  assert.equal(cancelled.status, 409);
  assert.equal(created.status, 409);
  assert.equal(refusal.job_id, job.job_id);
  assert.equal(await command.exitCode, 0, await command.stderr);
  await until(async () => (await jobs())[0].state === "done");
});

/** A server, and another program that holds the library's database locked. */
async function openScene(library: TestLibrary) {
  const { argv, env } = onLibrary(library);
  const port = freePort();
  const address = `http://127.0.0.1:${port}/api`;
  const stack = new AsyncDisposableStack();
  const server = stack.use(
    startProgram(["serve", ...argv], { env: { ...env, SERVER_PORT: String(port) } }),
  );
  await until(async () =>
    (await fetch(`${address}/health`).catch(() => null))?.body?.cancel() !== undefined
  );
  const headers = { Authorization: `Bearer ${await signIn(address)}` };
  const other = stack.use(await startOther());
  await other.open(library.config.database.path);
  await other.exec("BEGIN EXCLUSIVE");
  const close = () => stack.disposeAsync();
  return { server, other, address, headers, argv, env, [Symbol.asyncDispose]: close };
}

async function signIn(address: string): Promise<string> {
  const body = new URLSearchParams({ username: "admin", password: TEST_PASSWORD });
  const response = await fetch(`${address}/auth/token`, { method: "POST", body });
  return (await response.json()).access_token;
}
