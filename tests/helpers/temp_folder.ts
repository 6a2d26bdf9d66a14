/** A folder for one test, removed with all it holds when disposed of. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a {@linkcode TempFolder}; `within`: the folder it is made in, such as a small volume. */
export async function tempFolder(within?: string): Promise<TempFolder> {
  const dir = within === undefined ? {} : { dir: within };
  const path = await Deno.makeTempDir({ prefix: "shuku-test-", ...dir });
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(path, { recursive: true });
    },
  };
}
