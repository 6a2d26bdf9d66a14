import type { LogSentences } from "./mod.ts";

/** The log's sentences in English. */
export const logEn: LogSentences = {
  "service.started": () => "The service has started",
  "service.stop_timed_out": () => "A job did not end within the time allowed for stopping",
  "service.leftovers_removed": () => "Removed temporary files of an interrupted job",
  "service.tidy_failed": () => "Could not clear away what an interrupted job left",
  "access.warning": (f) => f.notice(),
  "store.warning": (f) => f.notice(),
  "config.warning": (f) => f.notice(),
  "auth.password_generated": (f) =>
    `Made a password for the built-in login, shown only this once: user ${
      f.text("username")
    }, password ${f.text("password")}`,
  "auth.restore_token_failed": () => "Could not issue the token of a restore job",
  "request.answered": (f) => `${f.text("method")} ${f.text("path")} ${f.text("status")}`,
  "request.failed": () => "A request failed",
  "health.list_failed": () => "The health check could not read the list of backups",
  "log.lines_lost": (f) =>
    `${f.text("lines")} lines of the log before this one could not be written`,
  "audit.recorded": () => "Audit",
  "audit.unsaved": () => "Could not write the audit record",
  "job.phase": () => "A job entered a phase",
  "job.warning": (f) => f.notice(),
  "job.history_unsaved": () => "Could not write the record of a job",
  "job.holder_unsaved": () => "Could not write into the lock file who holds it",
  "job.unreadable": () => "Could not read the state of another process's job",
  "backup.created": (f) => `Backup made: ${f.text("backup_id")}`,
  "backup.size": (f) => `Size of the backup: ${f.text("megabytes")} MB`,
  "backup.includes": (f) => `It holds: ${f.text("includes").replaceAll(",", ", ")}`,
  "backup.cancelled": () => "The backup was cancelled",
  "backup.failed": () => "Could not create the backup",
  "backup.invalid": (f) => `The backup failed validation: ${f.text("backup_id")}`,
  "backup.check_unsaved": () => "Could not write down the result of the validation",
  "backup.sidecar_rebuilt": () => "Rebuilt the metadata of a backup",
  "backup.sidecar_unsaved": () => "Could not write the metadata of a backup",
  "backup.store_unnoted": () =>
    "Could not note the folder of backups; a disk that is not mounted will not be noticed",
  "backup.uploaded": (f) => `Backup uploaded: ${f.text("backup_id")}`,
  "retention.removed": (f) => `Removed an old backup: ${f.text("backup_id")}`,
  "retention.remove_failed": (f) => `Could not remove an old backup: ${f.text("backup_id")}`,
  "retention.failed": () => "Could not remove old backups",
  "retention.state_unsaved": () =>
    "Could not note the cleaning of old backups; more than usual may wait next time",
  "retention.list_incomplete": () => "The list of backups is incomplete; no old one was removed",
  "drill.ended": (f) => `Restore drill: ${f.text("backup_id")} ${f.text("result")}`,
  "drill.failed": () => "The scheduled restore drill failed",
  "drill.unsaved": () => "Could not write down the result of the drill",
  "restore.started": (f) => `Restoring the backup ${f.text("backup_id")}`,
  "restore.completed": (f) => `Restored the backup ${f.text("backup_id")}`,
  "restore.step_failed": () => "A step of the restore failed",
  "restore.cleanup_postponed": () =>
    "Could not remove temporary files of the restore; they are tried again later",
  "restore.found_unfinished": () => "Found an unfinished restore and goes on with it",
  "restore.settled": () => "The unfinished restore is settled",
  "restore.unfinished": () => "The restore is not finished yet",
  "restore.superseded": () =>
    "The restore journal is older than a later restore and is not followed",
  "restore.resolving": (f) => `A person decides the unfinished restore: ${f.text("action")}`,
  "restore.look_failed": () => "Could not look for an unfinished restore",
  "restore.damaged_not_put_back": () => "Could not put the bytes of the damaged database back",
  "restore.identity_not_taken_over": () =>
    "Could not note that the library is now the restored one; its next backup makes a new identity",
  "restore.snapshot_still_pinned": () => "Could not unpin the snapshot",
  "scheduler.started": () => "The scheduler has started",
  "scheduler.stopped": () => "The scheduler has stopped",
  "scheduler.tick_failed": () => "The scheduler could not look at the clock",
  "scheduler.task_crashed": () => "A scheduled task broke off unexpectedly",
  "scheduler.clock_set_back": () =>
    "The system's clock was set back; the schedule is reckoned anew from the present time",
  "scheduler.state_damaged": (f) =>
    `The scheduler's state file is damaged or cannot be read${
      f.has("kept_as") ? ` and was set aside as ${f.text("kept_as")}` : ""
    }; the configuration holds: settings made through the API must be made again`,
  "scheduler.state_lost": () =>
    "The scheduler's state file is gone though automatic backups exist; by the configuration automatic backups are off now: please check",
  "scheduler.state_unsaved": () =>
    "Could not save the scheduler's state; it may be lost at a restart",
  "auto_backup.started": () => "Starting the automatic backup",
  "auto_backup.time": (f) => `Time: ${f.text("at")}`,
  "auto_backup.completed": (f) => `Automatic backup done: ${f.text("backup_id")}`,
  "auto_backup.size": (f) => `Size of the backup: ${f.text("megabytes")} MB`,
  "auto_backup.includes": (f) => `It holds: ${f.text("includes").replaceAll(",", ", ")}`,
  "auto_backup.failed": (f) => `The automatic backup failed: ${f.reason()}`,
  "auto_backup.gave_up": (f) =>
    `The automatic backup failed ${
      f.text("tries")
    } times in a row; not tried again before its next scheduled time`,
  "auto_backup.postponed": (f) => `The automatic backup is put off: ${f.reason()}`,
  "auto_backup.making_up": () => "Making up for one missed automatic backup",
};
