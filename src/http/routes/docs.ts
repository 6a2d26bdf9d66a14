import type { Language } from "../../base/messages/mod.ts";
import { describeIn } from "../english_descriptions.ts";
import type { HttpApp } from "../environment.ts";
import { type OpenApiDocument, openApiDocument } from "../openapi_document.ts";
import { relativeUrl } from "../relative_url.ts";
import { DOCS_STYLE, renderDocs } from "../render_docs.ts";

/** `GET /openapi.json` and `GET /docs`: the API described, without anything from another host. */
export function addDocs(app: HttpApp, { version }: { version: string }): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  const made = new Map<Language, OpenApiDocument>();
  const document = (language: Language) => {
    const known = made.get(language) ?? describeIn(openApiDocument(app, version), language);
    made.set(language, known);
    return known;
  };

  app.get("/openapi.json", (c) => {
    c.header("Vary", "Accept-Language");
    return c.json(document(c.var.language));
  });
  app.get("/docs", (c) => {
    c.header("Vary", "Accept-Language");
    const { language } = c.var;
    return c.html(renderDocs(document(language), { root: relativeUrl(c, "/"), language }));
  });
  app.get(
    "/docs/style.css",
    (c) => c.body(DOCS_STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }),
  );
}
