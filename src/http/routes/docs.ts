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
  let made: OpenApiDocument | null = null;
  const document = () => made ??= openApiDocument(app, version);

  app.get("/openapi.json", (c) => c.json(document()));
  app.get("/docs", (c) => c.html(renderDocs(document(), relativeUrl(c, "/"))));
  app.get(
    "/docs/style.css",
    (c) => c.body(DOCS_STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }),
  );
}
