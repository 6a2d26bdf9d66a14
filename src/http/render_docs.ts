import type { Language } from "../base/messages/mod.ts";
import type { OpenApiDocument } from "./openapi_document.ts";

/** Style of the documentation page; light and dark as the reader's system. */
export const DOCS_STYLE = `:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.6 system-ui, "Noto Sans SC", sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 4.5em; }
pre { background: var(--soft); border-radius: .375rem; overflow: auto; padding: .75rem; font-size: 14px; }
table { border-collapse: collapse; }
td, th { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
`;

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<Record<string, { description?: string; content?: Content }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: unknown;
}

type Content = Readonly<Record<string, { readonly schema?: unknown }>>;

interface Row {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** What the page says besides the document. */
interface Words {
  readonly lang: string;
  readonly required: string;
  readonly optional: string;
  readonly body: string;
  readonly schemas: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  zh: { lang: "zh-CN", required: "必填", optional: "可选", body: "请求体", schemas: "数据结构" },
  en: {
    lang: "en",
    required: "required",
    optional: "optional",
    body: "Request body",
    schemas: "Schemas",
  },
};

/**
 * Writes an OpenAPI document as one HTML page that needs no script.
 *
 * @param options `root`: where our root is, relative to the page, `./` or `../`. `language`: the document's.
 */
export function renderDocs(
  document: OpenApiDocument,
  { root, language }: { root: string; language: Language },
): string {
  const words = WORDS[language];
  const rows = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method): Row[] => {
      const operation = item[method] as Operation | undefined;
      return operation === undefined ? [] : [{ method, path, operation }];
    })
  );
  const sections = (document.tags ?? []).map(({ name, description }) => {
    const own = rows.filter(({ operation }) => operation.tags?.includes(name));
    return `<h2>${escapeHtml(description ?? name)}</h2>${
      own.map((row) => renderRow(row, words)).join("")
    }`;
  });
  const schemas = Object.entries(document.components?.schemas ?? {}).map(([name, schema]) =>
    `<details id="${escapeHtml(name)}"><summary>${escapeHtml(name)}</summary>${
      code(schema)
    }</details>`
  );
  const { title, version, description } = document.info;
  return `<!doctype html><html lang="${words.lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="stylesheet" href="${root}docs/style.css"></head><body>
<h1>${escapeHtml(title)} ${escapeHtml(version)}</h1>
<p>${escapeHtml(description ?? "")}</p><p><a href="${root}openapi.json">openapi.json</a></p>
${sections.join("\n")}<h2>${words.schemas}</h2>${schemas.join("\n")}</body></html>`;
}

function renderRow({ method, path, operation }: Row, words: Words): string {
  const parameters = (operation.parameters ?? []).map((parameter) =>
    `<tr><td>${escapeHtml(parameter.name)}</td><td>${escapeHtml(parameter.in)}</td>` +
    `<td>${parameter.required ? words.required : words.optional}</td></tr>`
  );
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) =>
    `<h4>${escapeHtml(status)} ${escapeHtml(answer.description ?? "")}</h4>` +
    contents(answer.content)
  );
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> — ${
    escapeHtml(operation.summary ?? "")
  }</summary><p>${escapeHtml(operation.description ?? "")}</p>${
    parameters.length === 0 ? "" : `<table>${parameters.join("")}</table>`
  }${
    operation.requestBody === undefined
      ? ""
      : `<h4>${words.body}</h4>${contents(operation.requestBody.content)}`
  }${answers.join("")}</details>`;
}

function contents(content: Content | undefined): string {
  return Object.entries(content ?? {}).map(([type, { schema }]) =>
    `<p><code>${escapeHtml(type)}</code></p>${code(schema)}`
  ).join("");
}

function code(value: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2) ?? "")}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}
