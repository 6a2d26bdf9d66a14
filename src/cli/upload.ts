import { basename } from "node:path";
import { AppError } from "../base/errors.ts";
import { humanBytes, visibleText } from "../base/text.ts";
import { EXIT } from "./exit_code.ts";
import { COMMAND_ACTOR, type Verb } from "./verb.ts";

/** `upload`: takes a backup file in after the same checks as an upload by HTTP. */
export const uploadVerb: Verb = {
  name: "upload",
  summary: {
    zh: "检查一个备份文件并收入备份目录",
    en: "check a backup file and take it into the store",
  },
  worksWithoutConfig: true,
  ids: { name: "file", min: 1, max: 1 },
  async run(context) {
    const { terminal, signal, ids: [path = ""] } = context;
    const draws = terminal.isScreen && !context.json;
    await using app = await context.open();
    const { body, size } = await openFile(path);
    let done = 0;
    const counted = body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          done += chunk.length;
          if (draws) terminal.redraw(`${humanBytes(done)} / ${humanBytes(size)}`);
          controller.enqueue(chunk);
        },
      }),
    );
    const backup = await app.manager.upload({
      fileName: basename(path),
      body: counted,
      expectedBytes: size,
      actor: COMMAND_ACTOR,
      signal,
    });
    if (draws) terminal.redraw(null);
    context.answer(backup, () =>
      terminal.print(terminal.say({
        zh: `已收入: ${backup.backup_id}  ${humanBytes(backup.file_size)}`,
        en: `Taken in: ${backup.backup_id}  ${humanBytes(backup.file_size)}`,
      })));
    return EXIT.done;
  },
};

async function openFile(path: string): Promise<{ body: ReadableStream<Uint8Array>; size: number }> {
  try {
    const file = await Deno.open(path);
    const { size, isFile } = await file.stat();
    if (isFile) return { body: file.readable, size };
    file.close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new AppError("storage.missing", { path });
    const { PermissionDenied, NotCapable } = Deno.errors;
    if (error instanceof PermissionDenied || error instanceof NotCapable) {
      throw new AppError("storage.permission", { path });
    }
    throw error;
  }
  throw new AppError("storage.failed", { path: visibleText(path), found: "not a file" });
}
