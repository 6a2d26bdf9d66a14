import type { Notice } from "../base/messages/mod.ts";
import type { PassedOver } from "./work/passed_over.ts";

export type { PassedOver } from "./work/passed_over.ts";

const MAX_NAMED = 10;

/**
 * Says what in a database could not be counted or checked without the library's program; nothing where all could.
 *
 * It is no damage, and nothing of it is missing anywhere: the pages are copied as they are.
 */
export function passedOverNotices(passedOver: readonly PassedOver[]): Notice[] {
  if (passedOver.length === 0) return [];
  const named = passedOver.slice(0, MAX_NAMED).map(({ name, found }) => `${name} (${found})`);
  const rest = passedOver.length > MAX_NAMED ? ["…"] : [];
  const count = passedOver.length;
  return [{
    zh: `数据库中有 ${count} 张表用到了只有书库程序才提供的功能，内容照原样保留，但未能完整检查: ${
      [...named, ...rest].join("、")
    }`,
    en:
      `${count} tables of the database need something that only the library's program has; they are kept as they are, but could not be checked wholly: ${
        [...named, ...rest].join(", ")
      }`,
  }];
}
