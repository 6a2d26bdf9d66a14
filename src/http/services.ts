import type { Authenticator } from "../auth/admin.ts";
import type { Tickets } from "../auth/tickets.ts";
import type { Manager } from "../backup/types.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../config/types.ts";
import type { Audit } from "../jobs/audit.ts";
import type { Jobs } from "../jobs/types.ts";
import type { BackupScheduler } from "../scheduler/scheduler.ts";

/** Everything the server asks of the rest of the house; `app.ts` hands it in. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly manager: Manager;
  readonly jobs: Jobs;
  readonly scheduler: Pick<
    BackupScheduler,
    | "enableAutoBackup"
    | "disableAutoBackup"
    | "updateSchedule"
    | "triggerBackupNow"
    | "getStatus"
    | "minutesUnwatched"
    | "nextRuns"
  >;
  readonly auth: Pick<Authenticator, "authenticate" | "signIn" | "issueRestoreToken">;
  readonly tickets: Pick<Tickets, "issue" | "redeem">;
  readonly audit: Pick<Audit, "record" | "list">;
  readonly version: string;
  /** Whether writes and downloads may be served, as far as is known: not while a restore is being completed. */
  readiness(): Readiness;
  /** The same after a fresh look: another process may have left a restore behind a moment ago. */
  askReadiness(): Promise<Readiness>;
}

/** Whether the service is whole. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not. */
  readonly reason: Notice | null;
}
