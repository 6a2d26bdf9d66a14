/** A folder for one test, removed with all it holds when disposed of. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a {@linkcode TempFolder}. */
export async function tempFolder(): Promise<TempFolder> {
  const path = await Deno.makeTempDir({ prefix: "shuku-test-" });
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(path, { recursive: true });
    },
  };
}
