import { archiveFaultsEn } from "./archive_faults_en.ts";
import type { Sentences } from "./mod.ts";

/** English sentences: `Cannot ⟨do⟩ ⟨thing⟩: ⟨found⟩, expected ⟨wanted⟩`, and what to do about it. */
export const en: Sentences = {
  "request.malformed": () =>
    "Cannot read the request: the body is not JSON, expected one UTF-8 JSON object",
  "request.invalid": (f) =>
    `Cannot accept the request: a value has the wrong shape${
      f.has("summary") ? `: ${f.text("summary")}` : ""
    }`,
  "request.timeout": (f) =>
    `Cannot read the request: the body took longer than ${
      f.text("limit_seconds")
    } seconds; check the network and try again`,
  "request.too_large": (f) =>
    `Cannot accept the request: the body is larger than ${f.bytes("limit_bytes")}`,
  "request.not_found": () => "There is nothing at this address",
  "request.method_not_allowed": (f) =>
    `This address does not take that method, expected ${f.list("allowed")}`,
  "request.unsupported_type": (f) =>
    `Cannot accept the content type ${f.text("found")}, expected ${f.text("expected")}`,
  "request.too_many_streams": (f) =>
    `Too many event streams are open, expected at most ${
      f.text("limit")
    }; close other pages and try again`,
  "auth.invalid_token": () => "Could not validate credentials",
  "auth.not_admin": () => "Administrator rights are required",
  "auth.read_only": () =>
    "This token may look but not change anything; sign in with the backup service's own password",
  "auth.library_unavailable": () =>
    "Cannot read the library's users table just now, so nobody can be recognised as an admin; sign in with the backup service's own password (user admin)",
  "auth.wrong_password": () => "Incorrect user name or password",
  "auth.too_many_attempts": (f) =>
    `Too many failed sign-ins; try again in ${f.text("retry_after")} seconds`,
  "auth.weak_password": (f) =>
    `Cannot use this password: ${f.reason()}; expected at least 10 characters and none of the well-known ones`,
  "auth.invalid_ticket": () => "This download link is unknown, used or expired; ask for another",
  "config.invalid": (f) => `Cannot start: the configuration has mistakes:\n${f.lines("summary")}`,
  "config.unreadable": (f) => `Cannot read the configuration file ${f.text("path")}: ${f.reason()}`,
  "config.not_separable": (f) =>
    `Cannot keep this machine's ${
      f.list("keys")
    } in the backup's config.yaml: other keys share these values through an anchor (&) or alias (*), so they cannot be changed alone; restore without config, or with machine_keys to take all of the backup's values`,
  "backup.not_found": () => "There is no such backup",
  "backup.exists": (f) => `Backup ${f.text("backup_id")} exists already and is not overwritten`,
  "backup.pinned": (f) =>
    `Cannot delete backup ${f.text("backup_id")}: it is pinned; unpin it first`,
  "backup.in_use": (f) =>
    `Cannot delete backup ${f.text("backup_id")}: a job is using it; wait for the job to end`,
  "backup.part_missing": (f) =>
    `This backup has no ${f.list("missing")}; it contains ${f.list("available")}`,
  "backup.nothing_to_back_up": (f) =>
    f.has("reason")
      ? `Cannot create a backup of nothing: ${f.reason()}`
      : "Cannot create a backup of nothing, expected at least one of database, covers, config",
  "backup.create_failed": (f) => `Cannot create the backup: ${f.reason()}`,
  "backup.verify_failed": (f) =>
    `The new backup failed its own verification and was discarded; older backups are untouched: ${
      f.list("damaged")
    }`,
  "backup.store_missing": (f) =>
    `The backup folder ${
      f.text("path")
    } is empty, expected the backups that were there; a disk may not be mounted. If this is meant, remove ${
      f.text("marker")
    } and try again`,
  "backup.no_identity": (f) =>
    `Cannot note beside the database whose library this is: ${f.reason()}. Backups go on; do not let another library share this folder of backups`,
  "backup.removal_waits": (f) =>
    `${
      f.text("count")
    } old backups are over the number to keep, more than were made since the last cleaning, so they stay for now; the first backup after ${
      f.text("removes_at")
    } removes them. Pin what you want to keep, or confirm their removal now`,
  "backup.range_not_satisfiable": (f) =>
    `The requested range is outside the file's ${f.text("size")} bytes`,
  "upload.busy": () => "Another upload is running; wait for it to end",
  "upload.damaged": (f) => `The uploaded backup failed its checks and was not kept: ${f.reason()}`,
  "upload.incomplete": (f) =>
    `The upload stopped early: ${f.text("received")} bytes received, expected ${
      f.text("expected")
    }; nothing was kept`,
  "upload.no_file": () =>
    "The request holds no file, expected multipart/form-data with a field named file",
  "upload.not_backup": (f) =>
    `Cannot take the upload for a backup: it is ${
      f.text("found")
    }, expected a ZIP with metadata.json and database/, covers/ or config/`,
  "upload.not_zip": (f) =>
    `Only backups in ZIP format can be uploaded${
      f.has("found") ? `; this is ${f.text("found")}` : ""
    }`,
  "upload.too_large": (f) =>
    `Cannot accept the upload: it is larger than ${
      f.bytes("limit_bytes")
    }; raise server.max_upload_bytes, or copy the file into the backup folder`,
  "archive.changed": (f) =>
    `The backup was changed since it was made: ${
      f.has("paths") ? f.list("paths") : f.has("path") ? f.text("path") : f.text("found")
    }; if that is meant, add force (--force in a command) to take it as it is now, else use the file as it was`,
  "archive.damaged": (f) =>
    archiveFaultsEn[f.text("why")]?.(f) ??
      `The archive is damaged${f.has("path") ? ` at ${f.text("path")}` : ""}: ${f.text("found")}; ${
        f.has("uploaded")
          ? "most likely it was copied or downloaded badly: upload the original again"
          : "use another backup and check the disk"
      }`,
  "archive.hostile": (f) =>
    archiveFaultsEn[f.text("why")]?.(f) ??
      `The archive holds something unsafe and was refused: ${
        f.has("path") ? `${f.text("path")} (${f.text("found")})` : f.text("found")
      }`,
  "archive.missing_entry": (f) => `The archive lacks ${f.text("path")}`,
  "archive.not_zip": (f) => `This is not a ZIP file but ${f.text("found")}`,
  "archive.too_large": (f) =>
    `The archive exceeds a limit: ${f.text("found")}, expected at most ${f.text("limit")}`,
  "archive.unsupported": (f) =>
    archiveFaultsEn[f.text("why")]?.(f) ??
      `The archive uses a ZIP feature that backups do not: ${f.text("path")} (${f.text("found")})`,
  "database.busy": (f) =>
    `Cannot use the database ${f.text("path")}: another program held its lock for ${
      f.text("waited_seconds")
    } seconds; try again later or stop the library first`,
  "database.damaged": (f) =>
    `The database ${f.text("path")} is damaged: ${
      f.text("found")
    }; restore a backup that validates`,
  "database.folder": (f) =>
    `${
      f.text("path")
    } is a folder, expected the database file; a container runtime makes one where the file to be mounted is missing: remove the empty folder and mount the folder that holds the database`,
  "database.hostile": (f) =>
    `The backup's database is not acceptable: ${f.text("found")}, expected at most ${
      f.text("limit")
    }; if the backup is your own, add force (--force in a command)`,
  "database.missing": (f) =>
    `Cannot find the database ${f.text("path")}; check database.url and the mounted folders${
      f.has("folder_missing") ? ` (there is no folder ${f.text("folder_missing")})` : ""
    }${
      f.has("folder_empty")
        ? ` (the folder ${f.text("folder_empty")} is empty: its volume may not be mounted)`
        : ""
    }${f.has("others") ? ` (found beside it: ${f.list("others")}; is that the library's?)` : ""}`,
  "database.not_sqlite": (f) =>
    `${f.text("path")} is not a SQLite database: ${
      f.text("found")
    }; check database.url or restore a backup that validates`,
  "database.page_size": (f) =>
    `The page sizes differ (live ${f.text("live")}, backup ${
      f.text("backup")
    }) and another program has the WAL database open; stop the library, then restore`,
  "database.permission": (f) =>
    `Cannot open the database ${
      f.text("path")
    }: permission denied; run this service as the library's user, with write access to the folder`,
  "database.read_only": (f) =>
    `SQLite cannot use the database ${
      f.text("path")
    }: it lies on a volume that is mounted read-only here; mount it writable (without :ro)`,
  "database.timeout": (f) =>
    `The database work on ${f.text("path")} took longer than ${
      f.text("limit_seconds")
    } seconds and was stopped`,
  "database.unsupported": (f) =>
    `SQLite cannot do its work on the database ${f.text("path")}: ${
      f.text("found")
    }. That is no damage: it may need something that only the library's program brings along`,
  "restore.failed": (f) =>
    `Cannot restore the backup: ${f.reason()}${
      f.has("outcome")
        ? ` (${
          OUTCOMES[f.has("waits_for_start") ? "pending_start" : f.text("outcome")] ??
            f.text("outcome")
        })`
        : ""
    }${
      f.has("raw_copy")
        ? `, the bytes of the damaged database are kept as ${f.text("raw_copy")}`
        : ""
    }${
      f.has("snapshot_id")
        ? `, the snapshot can be used to roll back: ${f.text("snapshot_id")}`
        : ""
    }`,
  "restore.in_progress": (f) =>
    `A restore is being completed; try again shortly${f.has("reason") ? `: ${f.reason()}` : ""}`,
  "restore.invalid_backup": (f) => `The backup failed validation: ${f.reason()}`,
  "restore.journal_damaged": (f) =>
    `The restore journal ${f.text("path")} is damaged (${
      f.text("found")
    }), so it cannot be followed; look at the data, then choose to set the journal aside (rollback)`,
  "restore.no_database_before": (f) =>
    `Cannot undo the restore of the database: there was none before, and ${
      f.text("path")
    } stays as it is; to be without one again, stop the library and delete it, its -wal and its -shm`,
  "restore.no_place": (f) =>
    `Cannot restore extra: ${
      f.list("paths")
    } found in the backup, expected places that backup.extra_paths of this machine names`,
  "restore.needs_force": (f) => `The restore is refused without force: ${f.list("reasons")}`,
  "restore.newer_schema": (f) =>
    `The backup's database schema is newer (${f.text("backup")}) than the live one (${
      f.text("live")
    }); upgrade the library first, or use force`,
  "restore.no_snapshot": (f) =>
    `Cannot save the present state before the restore: ${f.reason()}. Nothing has changed. Where that cannot be put right, restore without a snapshot: create_snapshot: false, or --no-snapshot`,
  "restore.no_way_back": (f) =>
    `Cannot go back to before the restore: there is no usable copy of what ${
      f.text("path")
    } was then (no snapshot, or a damaged one); it can only be completed (resume)`,
  "restore.not_pending": () => "There is no restore waiting for a decision",
  "restore.nothing_to_undo": () => "There is no restore to undo, or its snapshot is gone",
  "restore.older_schema": (f) =>
    `The backup's database lacks what the library uses now: ${f.list("missing")}; ${
      f.has("upgrade_off")
        ? "upgrade_schema (on by default) adds what can be added; else"
        : "that cannot be added to it by itself:"
    } run the version of the library that wrote the backup, or use force`,
  "restore.other_library": (f) =>
    `This is a backup of another library (library_id ${f.text("library_id")}, here ${
      f.text("own_id")
    }); restoring it puts that library in place of this one. Use force if that is meant`,
  "restore.stop_library": (f) =>
    `The live database ${
      f.text("path")
    } is no longer a database and can only be overwritten in place; stop the library, then add library_stopped: true`,
  "restore.undecided": (f) =>
    `A restore is unfinished and the live database ${f.text("path")} ${
      FOUND[f.text("found")] ?? "has been changed by something else since"
    }; choose to complete it (resume) or to go back to before it (rollback)`,
  "restore.volume_missing": (f) =>
    f.text("missing") === "staging"
      ? `Cannot complete the restore: its files in ${
        f.text("path")
      } are missing; a data volume may not be mounted. It goes on when they are back; writes are suspended`
      : `Found the unfinished restore marker ${
        f.text("path")
      } but not its journal; a data volume may not be mounted. Writes are suspended`,
  "drill.failed": (f) => `The restore drill failed: ${f.reason()}`,
  "job.busy": (f) =>
    `Another job is running${f.has("job_id") ? ` (${f.text("job_id")})` : ""}; wait for it to end`,
  "job.cancelled": () => "The job was cancelled",
  "job.lock_failed": (f) =>
    `Cannot make sure that no other job is running, so this one did not begin: ${f.reason()}`,
  "job.interrupted": () => "The process ended before the job did; the job was not completed",
  "job.not_cancellable": () =>
    "The job is past the point where it can be cancelled; wait for it to end",
  "job.not_found": () => "There is no such job",
  "schedule.invalid": (f) =>
    `Invalid cron expression: ${
      f.has("found") ? f.text("found") : "nothing"
    }, expected five fields: minute hour day month weekday`,
  "schedule.never_runs": (f) =>
    `Invalid cron expression: ${f.text("found")} never matches any time`,
  "space.insufficient": (f) =>
    `Not enough space on ${f.text("volume")}: ${
      f.has("needed_bytes")
        ? `${f.bytes("needed_bytes")} needed (${f.text("needed_bytes")} bytes${
          f.has("reserve_bytes") ? `, of which ${f.bytes("reserve_bytes")} always stays free` : ""
        })`
        : "it ran full while being written to"
    }, ${f.bytes("free_bytes")} free (${
      f.text("free_bytes")
    } bytes); delete old backups or free some space, then try again`,
  "storage.exists": (f) => `${f.text("path")} exists already and is not overwritten`,
  "storage.is_folder": (f) =>
    `${
      f.text("path")
    } is a folder, expected a file; a container runtime makes an empty one where the file of a bind mount is missing: remove it, and mount the folder that holds the file`,
  "storage.not_folder": (f) =>
    `${f.text("path")} is not a folder, expected one; check the path and the mounted folders`,
  "storage.failed": (f) =>
    `Cannot read or write ${f.has("path") ? f.text("path") : "a file"}: ${f.text("found")}${
      causeOf(f.text("found"))
    }`,
  "storage.full": (f) =>
    `No space left while writing ${f.has("path") ? f.text("path") : "a file"}${
      f.has("free_bytes") ? ` (${f.text("free_bytes")} bytes free on ${f.text("volume")})` : ""
    }; ${LIMITS[f.text("limit")] ?? "free some space and try again"}`,
  "storage.missing": (f) =>
    f.has("folders")
      ? `Cannot find ${f.text("path")}: this program sees the folders ${
        f.list("folders")
      }. In a container it sees only what is mounted; put the file into one of them and use its path there`
      : `Cannot find ${f.text("path")}; check the path and the mounted folders`,
  "storage.permission": (f) =>
    `Cannot access ${
      f.text("path")
    }: permission denied; check the folder's permissions and run this service as the library's user`,
  "storage.read_only": (f) => `${f.text("path")} is on a read-only file system; mount it writable`,
  "storage.too_many_files": (f) =>
    `Cannot open ${f.text("path")}: ${
      f.text("found") === "ENFILE" ? "the system has" : "this service has"
    } too many files open (${
      f.text("found")
    }); raise the limit (ulimit -n, LimitNOFILE= of systemd, ulimits of a container) and restart it`,
  "target.exists": (f) => `${f.text("name")} lies at the target already and is not overwritten`,
  "target.failed": (f) => `The target failed at ${f.text("name")}: ${f.text("found")}`,
  "target.full": (f) => `The target has no room left for ${f.text("name")}`,
  "target.name": (f) => `A target cannot hold the name ${f.text("name")}: ${f.reason()}`,
  "target.not_found": (f) => `The target has no ${f.text("name")}`,
  "target.refused": (f) =>
    `The target refuses access to ${
      f.text("name")
    }; check the user, password and permissions there`,
  "target.source_changed": (f) =>
    `Cannot copy: what was being read ended after ${f.bytes("found")}, expected ${
      f.bytes("expected")
    }`,
  "target.throttled": () => "The target asks to wait before the next request",
  "target.timeout": (f) => `The target did not answer in time at ${f.text("name")}`,
  "target.unreachable": (f) =>
    f.text("found") === "no_marker"
      ? `${f.text("path")} is no target: shuku-target.json is missing; is the disk mounted?`
      : f.text("found") === "no_folder"
      ? `${f.text("path")} is no folder; is the disk mounted?`
      : `Cannot reach the target: ${f.text("found")}`,
  "webdav.unavailable": () =>
    "Cannot send backups to WebDAV or any other remote place: this version has no remote targets and nothing was saved; copy downloaded backups yourself for now",
  "worker.crashed": (f) => `A background worker stopped unexpectedly: ${f.text("found")}`,
  "cli.output_failed": (f) =>
    `Cannot write to standard output: ${f.text("found")}; what the command did is not affected`,
  "cli.usage": (f) => f.text("en"),
  "internal": () => "Internal error; the log has the details",
};

/** What the operating system means, and what to do. */
const CAUSES: Readonly<Record<string, string>> = {
  EIO:
    "the disk or the network mount reports an error; look into the system's log and check the disk",
  ENOTDIR: "a part of the path is a file, not a folder; check the path in the configuration",
  EISDIR: "it is a folder, expected a file",
  ESTALE: "the network mount has lost the file; mount it anew",
  ENOTCONN: "the mount is gone; mount it anew",
  ETIMEDOUT: "the network mount does not answer; check the file server",
  EHOSTDOWN: "the network mount does not answer; check the file server",
  ELOOP: "symbolic links lead in a circle",
  ENAMETOOLONG: "the name is longer than this file system takes",
  EINVAL: "this file system does not take the name or the request",
  EBUSY: "something else is using it, such as a mount in its place",
  EFBIG: "the file is larger than this file system or the process may have",
  ENODEV: "the device is gone",
  ENXIO: "the device is gone",
  ENOTSUP: "this file system cannot do that",
  EOPNOTSUPP: "this file system cannot do that",
  SQLITE_READONLY_DBMOVED: "the file was replaced or removed meanwhile; try again",
  "disk I/O error":
    "the disk or the network mount reports an error; look into the system's log and check the disk",
};

/** What the operating system means by `found`, and what to do; nothing where it says so itself. */
function causeOf(found: string): string {
  const cause = CAUSES[found.replace(/ \(.*/, "")];
  return cause === undefined ? "" : `, ${cause}`;
}

/** What is where the live database was. */
const FOUND: Readonly<Record<string, string>> = {
  missing: "is gone or empty",
  damaged: "is no database any more",
};

/** What is used up where bytes are free. */
const LIMITS: Readonly<Record<string, string>> = {
  quota:
    "perhaps a quota of this user, group or folder is used up: raise it or delete old backups, then try again",
  files: "the volume cannot hold more files: delete some, then try again",
};

/** What a failed restore left behind. */
const OUTCOMES: Readonly<Record<string, string>> = {
  nothing_changed: "nothing was changed",
  rolled_back: "the library was rolled back to what it was before",
  pending: "it is unfinished and being retried in the background",
  pending_start:
    "it is unfinished; the next command completes it, or the service as soon as it runs",
  stuck: "it is unfinished and a person has to decide",
};
