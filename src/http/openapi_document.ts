import { addCommonAnswers } from "./common_answers.ts";
import type { HttpApp } from "./environment.ts";

/** The parts of an OpenAPI document that the documentation page shows. */
export type OpenApiDocument = ReturnType<HttpApp["getOpenAPI31Document"]>;

/** Describes the API, made from the schemas that validate it. */
export function openApiDocument(app: HttpApp, version: string): OpenApiDocument {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Shuku Backup 书库备份",
      version,
      description: "书库的备份与恢复。错误一律为 {detail, code, …}；" +
        "句子默认为中文，Accept-Language: en 时为英文。",
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
    },
    // Where the document lies, behind whatever prefix a proxy gives the service.
    servers: [{ url: "." }],
    security: [{ bearer: [] }],
    tags: [
      { name: "backup", description: "备份" },
      { name: "restore", description: "恢复" },
      { name: "scheduler", description: "定时备份" },
      { name: "jobs", description: "任务" },
      { name: "service", description: "服务" },
    ],
  });
  addCommonAnswers(document);
  return document;
}
