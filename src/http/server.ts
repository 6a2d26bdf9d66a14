import { OpenAPIHono } from "@hono/zod-openapi";
import { AppError } from "../base/errors.ts";
import { chooseLanguage } from "../base/messages/mod.ts";
import { BASE, type HttpApp, type HttpEnv } from "./environment.ts";
import { allowedMethods } from "./allowed_methods.ts";
import { audited } from "./middleware/audited.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { jsonBody } from "./middleware/json_body.ts";
import { reader } from "./middleware/reader.ts";
import { refuseWhileRestoring } from "./middleware/refuse_while_restoring.ts";
import { requestLog } from "./middleware/request_log.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { problemResponse } from "./problem.ts";
import { addAudit } from "./routes/audit.ts";
import { addBackup } from "./routes/backup.ts";
import { addCreate } from "./routes/create.ts";
import { addDocs } from "./routes/docs.ts";
import { addDownload } from "./routes/download.ts";
import { addDrill } from "./routes/drill.ts";
import { addHealth } from "./routes/health.ts";
import { addJobEvents } from "./routes/job_events.ts";
import { addJobs } from "./routes/jobs.ts";
import { addList } from "./routes/list.ts";
import { addMetrics } from "./routes/metrics.ts";
import { addPage } from "./routes/page.ts";
import { addRestore } from "./routes/restore.ts";
import { addRestoreAftermath } from "./routes/restore_aftermath.ts";
import { addRetention } from "./routes/retention.ts";
import { addScheduler } from "./routes/scheduler.ts";
import { addStats } from "./routes/stats.ts";
import { addToken } from "./routes/token.ts";
import { addUpload, isUploadPath } from "./routes/upload.ts";
import { addValidate } from "./routes/validate.ts";
import { addWebdav } from "./routes/webdav.ts";
import type { Services } from "./services.ts";
import { refuseInvalid } from "./validation.ts";

/** In the order in which paths are matched: the one backup's path comes last. */
const ROUTES = [
  addToken,
  addHealth,
  addMetrics,
  addCreate,
  addList,
  addStats,
  addDownload,
  addValidate,
  addUpload,
  addRestore,
  addRestoreAftermath,
  addDrill,
  addRetention,
  addScheduler,
  addJobs,
  addJobEvents,
  addAudit,
  addWebdav,
  addBackup,
  addDocs,
  addPage,
];

/**
 * Makes the HTTP door: the API, its description and the admin page.
 *
 * Everything under the API's base is for administrators, who are recognised before a byte of a body is read.
 * Every error, expected or not, is answered by {@linkcode problemResponse}.
 */
export function createServer(services: Services): HttpApp {
  const { log, clock, config } = services;
  const app: HttpApp = new OpenAPIHono<HttpEnv>({
    defaultHook: refuseInvalid,
    // `list/` is `list`, as in the library.
    strict: false,
  });
  app.onError((error, c) =>
    problemResponse(error, {
      language: chooseLanguage(c.req.header("Accept-Language")),
      log,
      request: `${c.req.method} ${c.req.path}`,
    })
  );
  app.notFound((c) => {
    const allowed = allowedMethods(app, c.req.path);
    if (allowed.length === 0) throw new AppError("request.not_found");
    throw new AppError("request.method_not_allowed", { allowed });
  });

  app.use(requestLog({ log, clock }), securityHeaders());
  app.use(reader({ trustedProxies: config.server.trustedProxies }));
  app.use(
    `${BASE}/*`,
    authenticate(services.auth),
    refuseWhileRestoring(services.askReadiness),
    audited(services.audit),
    jsonBody((c) => isUploadPath(c.req.path)),
  );
  for (const add of ROUTES) add(app, services);
  return app;
}
