import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "../../base/errors.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { jsonAnswer, problemAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const webdav = z.object({
  enabled: z.boolean(),
  url: z.string(),
  username: z.string(),
  password_configured: z.boolean(),
  base_path: z.string(),
  timeout: z.number(),
  verify_ssl: z.boolean(),
  source: z.string(),
  available: z.boolean(),
}).openapi("WebDav");

const read = createRoute({
  method: "get",
  path: `${BASE}/webdav`,
  operationId: "getWebdav",
  tags: ["service"],
  summary: "远程位置的设置；本版本没有远程位置",
  responses: { 200: jsonAnswer(webdav, "总是关闭") },
});

const write = createRoute({
  method: "put",
  path: `${BASE}/webdav`,
  operationId: "setWebdav",
  tags: ["service"],
  summary: "本版本没有远程位置，设置不会保存",
  responses: { 409: problemAnswer("没有远程位置") },
});

/** `GET` and `PUT webdav`: the library's page reads it at load; there are no remote targets yet, and it says so. */
export function addWebdav(app: HttpApp, _services: Services): void {
  app.openapi(read, (c) =>
    c.json({
      enabled: false,
      url: "",
      username: "",
      password_configured: false,
      base_path: "",
      timeout: 30,
      verify_ssl: true,
      source: "off",
      available: false,
    }, 200));

  app.openapi(write, () => {
    throw new AppError("webdav.unavailable");
  });
}
