import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "../../base/errors.ts";
import type { HttpApp } from "../environment.ts";
import { readLimited } from "../middleware/json_body.ts";
import { jsonAnswer, problemAnswer, streamedBody } from "../schemas.ts";
import type { Services } from "../services.ts";

/** Bytes of a sign-in form. */
const LIMIT_BYTES = 16 * 1024;

const route = createRoute({
  method: "post",
  path: "/api/auth/token",
  operationId: "signIn",
  tags: ["service"],
  summary: "登录，取得令牌（OAuth2 密码表单）",
  description: "application/x-www-form-urlencoded: username=admin&password=…",
  security: [],
  request: {
    body: streamedBody({
      "application/x-www-form-urlencoded": {
        type: "object",
        properties: {
          username: { type: "string" },
          password: { type: "string", format: "password" },
        },
        required: ["username", "password"],
      },
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({ access_token: z.string(), token_type: z.literal("bearer") }),
      "令牌",
    ),
    401: problemAnswer("用户名或密码错误"),
    413: problemAnswer("表单过大"),
    422: problemAnswer("缺少用户名或密码"),
    429: problemAnswer("失败次数过多"),
  },
});

/** `POST /api/auth/token`: the built-in login, as OAuth2's password form. */
export function addToken(app: HttpApp, { auth, audit }: Services): void {
  app.openapi(route, async (c) => {
    const bytes = await readLimited(c.req.raw.body, { limitBytes: LIMIT_BYTES });
    const form = new URLSearchParams(new TextDecoder().decode(bytes));
    const username = form.get("username");
    const password = form.get("password");
    if (username === null || password === null) throw missing(username, password);
    const act = { actor: username, action: "sign_in", peer: c.var.peer };
    try {
      const token = await auth.signIn(username, password, c.var.peer);
      await audit.record({ ...act, result: "ok" });
      return c.json(token, 200);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await audit.record({ ...act, result: "refused", detail: error.code });
      throw error;
    }
  });
}

function missing(username: string | null, password: string | null): AppError {
  const fields = [
    ...username === null ? ["username"] : [],
    ...password === null ? ["password"] : [],
  ];
  const errors = fields.map((path) => ({ path, message: "required" }));
  return new AppError("request.invalid", { summary: fields.join(", "), errors });
}
