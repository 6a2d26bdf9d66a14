/** Runs a program with the right to mount: as it is for root, else by sudo without a password. */
export async function asRoot(program: string, args: readonly string[]): Promise<void> {
  const words = Deno.uid() === 0 ? [program, ...args] : ["sudo", "-n", program, ...args];
  const [command = "", ...rest] = words;
  const { success, stderr } = await new Deno.Command(command, { args: rest, stdin: "null" })
    .output();
  if (!success) throw new Error(`${words.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
