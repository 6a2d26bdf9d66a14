// deno-lint-ignore-file no-console -- a program for the terminal
/**
 * Compiles `src/archive/encoder/` to `encoder.wasm`; with `--check` only compares, and fails when the file that is kept
 * is not what the sources make.
 *
 * The compiler is fetched for this alone, outside the lock file, so that nobody who runs the program downloads it.
 *
 * @module
 */
const COMPILER = "npm:assemblyscript@0.28.20/asc";
const FOLDER = "src/archive/encoder";
const KEPT = `${FOLDER}/encoder.wasm`;

interface Compiler {
  main(argv: readonly string[], files: {
    readFile(name: string, folder: string): string | null;
    writeFile(name: string, content: Uint8Array | string, folder: string): void;
    listFiles(): string[];
  }): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

const { default: compiler } = await import(COMPILER) as { default: Compiler };
let made = new Uint8Array(0);
const { error, stderr } = await compiler.main(
  [
    "encoder.ts",
    ...["-O3", "--noAssert", "--runtime", "stub", "--use", "abort="],
    // The compiler's own data, of which there is none, would begin behind address 64; layout.ts has the rest.
    ...["--memoryBase", "64", "--initialMemory", "48", "--outFile", "encoder.wasm"],
  ],
  {
    readFile(name, folder) {
      try {
        return Deno.readTextFileSync(`${FOLDER}/${folder}/${name}`);
      } catch (reason) {
        if (reason instanceof Deno.errors.NotFound) return null;
        throw reason;
      }
    },
    writeFile(_name, content) {
      if (typeof content !== "string") made = content.slice();
    },
    listFiles: () => [],
  },
);
if (error !== null) {
  console.error(stderr.toString(), error.message);
  Deno.exit(1);
}
if (!Deno.args.includes("--check")) {
  Deno.writeFileSync(KEPT, made);
  console.log(`${KEPT}: ${made.length} bytes`);
  Deno.exit();
}
const kept = Deno.readFileSync(KEPT);
const isSame = kept.length === made.length && kept.every((byte, index) => byte === made[index]);
console.log(isSame ? `${KEPT} is what its sources make` : `${KEPT} is not what its sources make`);
Deno.exit(isSame ? 0 : 1);
