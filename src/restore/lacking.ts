import type { InnerMetadata } from "../archive/metadata.ts";
import { nameSome } from "../base/messages/name_some.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";

/**
 * What a backup had to leave out. It says nothing about these files: a restore neither brings them back nor takes those that
 * are live away.
 */
export class Lacking {
  readonly #paths: ReadonlySet<string>;
  readonly #isOpenEnded: boolean;

  /** @param metadata Of the backup; `null` when it has none. */
  constructor(metadata: Pick<InnerMetadata, "left_out" | "left_out_count"> | null) {
    const { left_out = [], left_out_count = left_out.length } = metadata ?? {};
    this.#paths = new Set(left_out.map(({ path }) => path));
    this.#isOpenEnded = left_out_count > left_out.length;
  }

  /**
   * Tells whether the backup may lack a file that was there.
   *
   * @param path The name that it would have in the archive.
   */
  has(path: string): boolean {
    if (this.#isOpenEnded || this.#paths.has(path)) return true;
    if (this.#paths.size === 0) return false;
    for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
      if (this.#paths.has(path.slice(0, at + 1))) return true;
    }
    return false;
  }

  /** Says so, where there is anything of these parts. */
  warnings(parts: readonly Part[]): Notice[] {
    if (this.#isOpenEnded) {
      return [{
        zh: "这个备份不完整，缺的文件太多，无法逐一列出：恢复不会删除现有的文件",
        en:
          "The backup is incomplete, and lacks more files than it names: nothing that is live now is removed",
      }];
    }
    const paths = [...this.#paths].filter((path) =>
      parts.some((part) => path.startsWith(`${part}/`))
    );
    if (paths.length === 0) return [];
    const { zh, en } = nameSome(paths);
    return [{
      zh: `这个备份不完整，以下内容不在其中，保持现状: ${zh}`,
      en: `The backup is incomplete; what it lacks stays as it is now: ${en}`,
    }];
  }
}
