import { run } from "./run.ts";

/**
 * Makes a file, or with `/` at its end a folder, whose name Deno cannot say.
 *
 * @param name As printf(1) takes it, such as `\267\342.jpg`.
 */
export async function makeNamed(folder: string, name: string, content = ""): Promise<void> {
  const script = name.endsWith("/")
    ? 'mkdir -p "$1/$(printf "$2")"'
    : 'printf %s "$3" > "$1/$(printf "$2")"';
  await run("sh", ["-c", script, "sh", folder, name, content]);
}

/** Tells whether a file is there whose name Deno cannot say. */
export async function isThere(folder: string, name: string): Promise<boolean> {
  const script = 'test -e "$1/$(printf "$2")" && echo yes || echo no';
  return (await run("sh", ["-c", script, "sh", folder, name])).stdout.trim() === "yes";
}
