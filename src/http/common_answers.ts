import { BASE } from "./environment.ts";
import type { OpenApiDocument } from "./openapi_document.ts";

type Paths = NonNullable<OpenApiDocument["paths"]>;
type Operation = NonNullable<Paths[string]["get"]>;
type Answers = NonNullable<Operation["responses"]>;

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** Answers of the middleware, by status: each route answers these besides its own. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: "没有令牌，或令牌无效、已过期",
  403: "不是管理员，或令牌只读",
  408: "请求体未在时限内到达",
  413: "请求体过大",
  415: "请求体不是 JSON",
  422: "请求体或参数的形式不正确",
  503: "正在完成一次恢复，或书库的用户暂时无法读取",
};

/**
 * Adds to every operation what stands before its handler and may answer in its place: who asks, the size, type and
 * shape of the body, and a restore that is being completed. What a route says itself stays.
 */
export function addCommonAnswers(document: OpenApiDocument): void {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation: Operation | undefined = item[method];
      if (operation === undefined) continue;
      const answers: Answers = operation.responses ??= {};
      for (const status of commonStatuses(path, method, operation)) {
        answers[status] ??= problem(SENTENCES[status] ?? "");
      }
    }
  }
}

function commonStatuses(path: string, method: string, operation: Operation): number[] {
  if (!path.startsWith(`${BASE}/`)) return [];
  const body = operation.requestBody;
  const isStreamed = body !== undefined &&
    !("application/json" in ("content" in body ? body.content : {}));
  const readsJson = method !== "get" && !isStreamed;
  const isChecked = readsJson || (operation.parameters ?? []).length > 0;
  return [
    ...[401, 403, 503],
    ...readsJson ? [408, 413, 415] : [],
    ...isChecked ? [422] : [],
  ];
}

function problem(description: string): Answers[string] {
  const schema = { $ref: "#/components/schemas/Problem" };
  return { description, content: { "application/json": { schema } } };
}
