import { basename, dirname } from "node:path";
import { AppError } from "../base/errors.ts";
import { humanBytes, visibleText } from "../base/text.ts";
import type { Config } from "../config/types.ts";
import { EXIT } from "./exit_code.ts";
import { printWarnings } from "./print_warnings.ts";
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
  options: {
    force: {
      type: "boolean",
      help: {
        zh: "制作之后被改动过、但内容完好的备份也收下",
        en: "take a backup that is whole though it was changed since it was made",
      },
    },
  },
  async run(context) {
    const { terminal, signal, ids: [path = ""] } = context;
    const draws = terminal.isScreen && !context.json;
    await using app = await context.open();
    const { body, size } = await openFile(path, app.config);
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
      force: context.flag("force"),
      isOwners: true,
      actor: COMMAND_ACTOR,
      signal,
    });
    if (draws) terminal.redraw(null);
    context.answer(backup, () => {
      printWarnings(backup.warnings, terminal);
      terminal.print(terminal.say({
        zh: `已收入: ${backup.backup_id}  ${humanBytes(backup.file_size)}`,
        en: `Taken in: ${backup.backup_id}  ${humanBytes(backup.file_size)}`,
      }));
    });
    return EXIT.done;
  },
};

async function openFile(
  path: string,
  config: Config,
): Promise<{ body: ReadableStream<Uint8Array>; size: number }> {
  try {
    const file = await Deno.open(path);
    const { size, isFile } = await file.stat();
    if (isFile) return { body: file.readable, size };
    file.close();
  } catch (error) {
    const { NotFound, PermissionDenied, NotCapable } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotCapable) {
      const folders = await isConfined() ? await foldersOf(config) : null;
      throw new AppError("storage.missing", { path, ...folders === null ? {} : { folders } });
    }
    if (error instanceof PermissionDenied) throw new AppError("storage.permission", { path });
    throw error;
  }
  throw new AppError("storage.failed", { path: visibleText(path), found: "not a file" });
}

/** Tells whether this program sees less than whoever typed the path: it has few permissions, or a container around it. */
async function isConfined(): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "read" });
  return state !== "granted" || await exists("/.dockerenv") || await exists("/run/.containerenv");
}

/** Where a file can be put so that this program sees it. */
async function foldersOf({ backup, covers, database, path }: Config): Promise<string[]> {
  const folders = [
    backup.path,
    dirname(database.path),
    covers,
    ...path === null ? [] : [dirname(path)],
  ];
  const seen: string[] = [];
  for (const folder of new Set(folders)) if (await exists(folder)) seen.push(folder);
  return seen;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    // Absent, or not to be seen, which is the same here.
    return false;
  }
}
