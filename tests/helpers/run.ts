import assert from "node:assert/strict";

/** Runs a program to its end; fails the test, with what it printed, when it does not succeed. */
export async function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<{ stdout: string; stderr: string }> {
  const output = await new Deno.Command(command, { args: [...args], ...options, stdin: "null" })
    .output();
  const stdout = new TextDecoder().decode(output.stdout);
  const stderr = new TextDecoder().decode(output.stderr);
  assert.equal(output.code, 0, `${command} ${args.join(" ")}\n${stdout}\n${stderr}`);
  return { stdout, stderr };
}
