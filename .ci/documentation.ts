// deno-lint-ignore-file no-console -- a program for the terminal
/**
 * Runs `deno doc --lint` over every room but `http/` (whose types are Hono's and Zod's) and fails for what the
 * house rules ask: a docstring on every exported declaration, and no type that a reader cannot look up.
 *
 * Left to judgement: members that their name and type explain, and functions typed by their constant.
 *
 * @module
 */

const folders = [...Deno.readDirSync("src")].filter(({ isDirectory, name }) =>
  isDirectory && name !== "http" && name !== "ui"
).map(({ name }) => `src/${name}`);

const files: string[] = [];
while (folders.length > 0) {
  const folder = folders.pop() ?? "";
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    // Of another language: AssemblyScript.
    if (`${folder}/${name}` === "src/archive/encoder") continue;
    if (isDirectory) folders.push(`${folder}/${name}`);
    else if (name.endsWith(".ts")) files.push(`${folder}/${name}`);
  }
}

const { code, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--lint", ...files.sort()],
  env: { NO_COLOR: "1" },
  stdout: "null",
}).output();
const report = new TextDecoder().decode(stderr);
const pattern = /error\[([a-z-]+)\]: ([^\n]*)\n\s*--> (\S+?):(\d+):\d+/g;
const found = [...report.matchAll(pattern)];
if (code !== 0 && found.length === 0) {
  console.error(report);
  Deno.exit(1);
}

const problems = found.filter(([, kind, message = "", file = "", line]) => {
  if (kind === "private-type-ref") return !/private type 'Document'$/.test(message); // npm:yaml's
  if (kind !== "missing-jsdoc") return false;
  const source = Deno.readTextFileSync(file).split("\n")[Number(line) - 1] ?? "";
  return source.startsWith("export ");
});
for (const [, kind, message, file, line] of problems) {
  console.error(`${file?.replace(`${Deno.cwd()}/`, "")}:${line} ${kind}: ${message}`);
}
console.log(`${files.length} files, ${problems.length} without documentation`);
Deno.exit(problems.length === 0 ? 0 : 1);
