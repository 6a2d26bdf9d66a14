import { archiveFaultsZh } from "./archive_faults_zh.ts";
import type { Sentences } from "./mod.ts";

/** 中文句子：找到了什么，应当是什么，怎么办。 */
export const zh: Sentences = {
  "request.malformed": () => "请求体不是有效的 JSON，应为 UTF-8 编码的 JSON 对象",
  "request.invalid": (f) => `请求参数不正确${f.has("summary") ? `: ${f.text("summary")}` : ""}`,
  "request.timeout": (f) => `请求体在 ${f.text("limit_seconds")} 秒内没有传完，请检查网络后重试`,
  "request.too_large": (f) => `请求体过大，上限为 ${f.bytes("limit_bytes")}`,
  "request.not_found": () => "没有这个地址",
  "request.method_not_allowed": (f) => `此地址不支持该方法，可用: ${f.list("allowed")}`,
  "request.unsupported_type": (f) =>
    `不支持的内容类型 ${f.text("found")}，应为 ${f.text("expected")}`,
  "request.too_many_streams": (f) =>
    `同时打开的事件流过多（上限 ${f.text("limit")}），请关闭其他页面后重试`,
  "auth.invalid_token": () => "无法验证凭据",
  "auth.not_admin": () => "需要管理员权限",
  "auth.read_only": () => "此令牌只能查看，不能修改；请用备份服务自己的密码登录",
  "auth.library_unavailable": () =>
    "暂时无法读取书库的用户表，不能确认管理员身份；请用备份服务自己的密码（用户 admin）登录",
  "auth.wrong_password": () => "用户名或密码错误",
  "auth.too_many_attempts": (f) => `登录失败次数过多，请在 ${f.text("retry_after")} 秒后再试`,
  "auth.weak_password": (f) => `密码不合格: ${f.reason()}；至少 10 个字符，且不能是常见密码`,
  "auth.invalid_ticket": () => "下载链接无效、已使用或已过期，请重新获取",
  "config.invalid": (f) => `配置有误:\n${f.lines("summary")}`,
  "config.unreadable": (f) => `无法读取配置文件 ${f.text("path")}: ${f.reason()}`,
  "config.not_separable": (f) =>
    `备份中的 config.yaml 无法保留本机的 ${
      f.list("keys")
    }: 这些值通过锚点 (&) 或别名 (*) 与其他键共用，不能单独改动；请不恢复 config，或加上 machine_keys 全部采用备份中的值`,
  "backup.not_found": () => "备份文件不存在",
  "backup.exists": (f) => `备份 ${f.text("backup_id")} 已存在，不会覆盖`,
  "backup.pinned": (f) => `备份 ${f.text("backup_id")} 已固定，请先取消固定再删除`,
  "backup.in_use": (f) => `备份 ${f.text("backup_id")} 正在使用中，请等待任务结束`,
  "backup.part_missing": (f) => `备份中没有: ${f.list("missing")}；其中有: ${f.list("available")}`,
  "backup.nothing_to_back_up": (f) =>
    f.has("reason")
      ? `没有可以备份的内容: ${f.reason()}`
      : "没有选择任何备份内容，应为 database、covers、config 中的至少一项",
  "backup.create_failed": (f) => `创建备份失败: ${f.reason()}`,
  "backup.verify_failed": (f) => `新备份未通过验证，已丢弃，旧备份未受影响: ${f.list("damaged")}`,
  "backup.store_missing": (f) =>
    `备份目录 ${f.text("path")} 是空的，而这里本应有备份；磁盘可能没有挂载。确认目录无误后删除 ${
      f.text("marker")
    } 再试`,
  "backup.no_identity": (f) =>
    `无法在数据库旁记下书库标识: ${f.reason()}。备份照常进行；请勿让另一个书库共用这个备份目录`,
  "backup.removal_waits": (f) =>
    `有 ${f.text("count")} 个旧备份超过保留数量，多于上次清理以来新建的备份，因此暂不清理；${
      f.text("removes_at")
    } 之后的第一次备份会清理它们。请固定要保留的备份，或现在确认清理`,
  "backup.range_not_satisfiable": (f) => `请求的范围超出文件大小 ${f.text("size")} 字节`,
  "upload.busy": () => "另一个上传正在进行，请等待其结束",
  "upload.damaged": (f) => `上传的备份未通过检查，未保存: ${f.reason()}`,
  "upload.incomplete": (f) =>
    `上传中断：收到 ${f.text("received")} 字节，应为 ${f.text("expected")} 字节，未保存`,
  "upload.no_file": () => "请求中没有文件，应为 multipart/form-data 的 file 字段",
  "upload.not_backup": (f) =>
    `上传的不是备份，而是${
      f.text("found")
    }；备份的 ZIP 里应有 metadata.json，以及 database/、covers/ 或 config/`,
  "upload.not_zip": (f) =>
    `仅支持ZIP格式的备份文件${f.has("found") ? `，收到的是${f.text("found")}` : ""}`,
  "upload.too_large": (f) =>
    `上传文件超过上限 ${
      f.bytes("limit_bytes")
    }；可调大 server.max_upload_bytes，或把文件直接复制到备份目录`,
  "archive.changed": (f) =>
    `备份在制作之后被改动过: ${
      f.has("paths") ? f.list("paths") : f.has("path") ? f.text("path") : f.text("found")
    }；如果这是有意的修改，请加上 force（命令行为 --force），按它现在的内容处理；否则请换用原来的文件`,
  "archive.damaged": (f) =>
    archiveFaultsZh[f.text("why")]?.(f) ??
      `备份文件损坏: ${
        f.has("path") ? `${f.text("path")} (${f.text("found")})` : f.text("found")
      }；${
        f.has("uploaded")
          ? "多半是复制或下载时出了错，请重新上传原来的文件"
          : "请改用其他备份，并检查磁盘"
      }`,
  "archive.hostile": (f) =>
    archiveFaultsZh[f.text("why")]?.(f) ??
      `备份文件含有不安全的内容，已拒绝: ${
        f.has("path") ? `${f.text("path")} (${f.text("found")})` : f.text("found")
      }`,
  "archive.missing_entry": (f) => `备份文件中缺少 ${f.text("path")}`,
  "archive.not_zip": (f) => `这不是 ZIP 文件，而是${f.text("found")}`,
  "archive.too_large": (f) => `备份内容超出限制: ${f.text("found")}，上限 ${f.text("limit")}`,
  "archive.unsupported": (f) =>
    archiveFaultsZh[f.text("why")]?.(f) ??
      `不支持的 ZIP 特性: ${f.text("path")} (${f.text("found")})`,
  "database.busy": (f) =>
    `数据库 ${f.text("path")} 正被其他程序锁定，等待 ${
      f.text("waited_seconds")
    } 秒后放弃；请稍后重试，或先停止书库`,
  "database.damaged": (f) =>
    `数据库 ${f.text("path")} 已损坏: ${f.text("found")}；请用一个有效的备份恢复`,
  "database.folder": (f) =>
    `${
      f.text("path")
    } 是一个文件夹，而不是数据库文件；挂载的源文件不存在时，容器运行时会建一个同名文件夹：请删除这个空文件夹，改为挂载数据库所在的目录`,
  "database.hostile": (f) =>
    `备份中的数据库不可接受: ${f.text("found")}，上限 ${
      f.text("limit")
    }；如果确实是自己的备份，请加上 force（命令行为 --force）`,
  "database.missing": (f) =>
    `找不到数据库 ${f.text("path")}；请检查 database.url 与目录挂载${
      f.has("folder_missing") ? `（目录 ${f.text("folder_missing")} 不存在）` : ""
    }${f.has("folder_empty") ? `（目录 ${f.text("folder_empty")} 是空的，数据卷可能未挂载）` : ""}${
      f.has("others") ? `（同一目录中有 ${f.list("others")}，书库用的是它吗？）` : ""
    }`,
  "database.not_sqlite": (f) =>
    `${f.text("path")} 不是 SQLite 数据库: ${
      f.text("found")
    }；请检查 database.url，或用一个有效的备份恢复`,
  "database.page_size": (f) =>
    `数据库页大小不同（现有 ${f.text("live")}，备份 ${
      f.text("backup")
    }），且另有程序正在使用 WAL 数据库；请先停止书库再恢复`,
  "database.permission": (f) =>
    `没有权限打开数据库 ${f.text("path")}；请让本服务与书库使用同一用户，并可写其目录`,
  "database.read_only": (f) =>
    `SQLite 无法使用数据库 ${
      f.text("path")
    }: 它所在的卷在这里是只读挂载的；请以可写方式挂载（去掉 :ro）`,
  "database.timeout": (f) =>
    `数据库操作超过 ${f.text("limit_seconds")} 秒，已停止: ${f.text("path")}`,
  "database.unsupported": (f) =>
    `SQLite 无法处理数据库 ${f.text("path")}: ${
      f.text("found")
    }。这不是损坏：它可能用到了只有书库程序自己才提供的功能`,
  "restore.failed": (f) =>
    `恢复备份失败: ${f.reason()}${
      f.has("outcome")
        ? `（${
          OUTCOMES[f.has("waits_for_start") ? "pending_start" : f.text("outcome")] ??
            f.text("outcome")
        }）`
        : ""
    }${f.has("raw_copy") ? `，损坏的原数据库的字节保存在 ${f.text("raw_copy")}` : ""}${
      f.has("snapshot_id") ? `，可以使用快照回滚: ${f.text("snapshot_id")}` : ""
    }`,
  "restore.in_progress": (f) =>
    `正在完成一次恢复，请稍后再试${f.has("reason") ? `: ${f.reason()}` : ""}`,
  "restore.invalid_backup": (f) => `备份验证失败: ${f.reason()}`,
  "restore.journal_damaged": (f) =>
    `恢复日志 ${f.text("path")} 已损坏（${
      f.text("found")
    }），无法自动继续；请检查数据后选择搁置该日志 (rollback)`,
  "restore.no_database_before": (f) =>
    `无法撤销数据库的恢复: 恢复前没有数据库，${
      f.text("path")
    } 保持现状；要回到没有数据库的状态，请停止书库后自行删除它和 -wal、-shm 文件`,
  "restore.no_place": (f) =>
    `无法恢复 extra: 备份中的 ${f.list("paths")} 不在本机 backup.extra_paths 所列的位置`,
  "restore.needs_force": (f) => `恢复已拒绝，除非加上 force: ${f.list("reasons")}`,
  "restore.newer_schema": (f) =>
    `备份的数据库结构比现有的新（${f.text("backup")}，现有 ${
      f.text("live")
    }）；请先升级书库，或加上 force`,
  "restore.no_snapshot": (f) =>
    `恢复之前无法保存现状: ${f.reason()}。尚未作任何改动。若无法排除，可不创建快照而恢复：create_snapshot: false，命令行为 --no-snapshot`,
  "restore.no_way_back": (f) =>
    `恢复无法撤回：没有可用的恢复前数据库（当时没有快照或它已损坏），${
      f.text("path")
    } 只能继续完成 (resume)`,
  "restore.not_pending": () => "没有等待处理的恢复",
  "restore.nothing_to_undo": () => "没有可以撤销的恢复，或其快照已不存在",
  "restore.older_schema": (f) =>
    `备份的数据库缺少现有书库所用的 ${f.list("missing")}；${
      f.has("upgrade_off") ? "upgrade_schema（默认开启）会补上能补的；否则" : "这些无法自动补上："
    }请换回写出该备份的书库版本，或加上 force`,
  "restore.other_library": (f) =>
    `这是另一个书库的备份（library_id ${f.text("library_id")}，本书库 ${
      f.text("own_id")
    }），恢复它会用那个书库取代本书库；确实如此请加上 force`,
  "restore.stop_library": (f) =>
    `现有数据库 ${
      f.text("path")
    } 已不是有效的数据库，只能直接覆盖；请先停止书库，再加上 library_stopped: true`,
  "restore.undecided": (f) =>
    `恢复未完成，且现有数据库 ${f.text("path")} ${
      FOUND[f.text("found")] ?? "在此期间被改动过"
    }，无法自动判断；请选择继续完成 (resume) 或回到恢复之前 (rollback)`,
  "restore.volume_missing": (f) =>
    f.text("missing") === "staging"
      ? `恢复无法继续：找不到暂存目录 ${
        f.text("path")
      }，数据盘可能没有挂载；找到后会自动继续，此前暂停写入`
      : `发现未完成的恢复标记 ${
        f.text("path")
      }，但没有对应的日志；数据盘可能没有挂载，服务已暂停写入`,
  "drill.failed": (f) => `恢复演练失败: ${f.reason()}`,
  "job.busy": (f) =>
    `另一个任务正在运行${f.has("job_id") ? ` (${f.text("job_id")})` : ""}，请等待其结束`,
  "job.cancelled": () => "任务已取消",
  "job.lock_failed": (f) => `无法确认没有其他任务在运行，任务未开始: ${f.reason()}`,
  "job.interrupted": () => "任务进程意外结束，任务未完成",
  "job.not_cancellable": () => "任务已过可取消的阶段，请等待其结束",
  "job.not_found": () => "任务不存在",
  "schedule.invalid": (f) =>
    `无效的 Cron 表达式: ${f.has("found") ? f.text("found") : "空"}；应为五段: 分 时 日 月 星期`,
  "schedule.never_runs": (f) => `无效的 Cron 表达式: ${f.text("found")} 永远不会触发`,
  "space.insufficient": (f) =>
    `磁盘空间不足: ${f.text("volume")} ${
      f.has("needed_bytes")
        ? `需要 ${f.bytes("needed_bytes")}（${f.text("needed_bytes")} 字节${
          f.has("reserve_bytes") ? `，其中 ${f.bytes("reserve_bytes")} 是始终留空的` : ""
        }）`
        : "在写入时用尽"
    }，可用 ${f.bytes("free_bytes")}（${f.text("free_bytes")} 字节）；请删除旧备份或清理磁盘后重试`,
  "storage.exists": (f) => `${f.text("path")} 已存在，不会覆盖`,
  "storage.is_folder": (f) =>
    `${
      f.text("path")
    } 是一个文件夹，应为文件；绑定挂载的源文件不存在时，容器运行时会在那里建一个空文件夹: 请删除它，并改为挂载其所在的目录`,
  "storage.not_folder": (f) => `${f.text("path")} 不是文件夹，应为文件夹；请检查路径与目录挂载`,
  "storage.failed": (f) =>
    `读写${f.has("path") ? ` ${f.text("path")} ` : "文件"}失败: ${f.text("found")}${
      causeOf(f.text("found"))
    }`,
  "storage.full": (f) =>
    `磁盘空间不足: 写入${f.has("path") ? ` ${f.text("path")} ` : "文件"}时空间用尽${
      f.has("free_bytes") ? `（${f.text("volume")} 可用 ${f.text("free_bytes")} 字节）` : ""
    }；${LIMITS[f.text("limit")] ?? "请清理磁盘后重试"}`,
  "storage.missing": (f) =>
    f.has("folders")
      ? `找不到 ${f.text("path")}。本程序能看到的文件夹是 ${
        f.list("folders")
      }；在容器中运行时只能看到挂载进去的文件夹，请先把文件放到其中之一，再使用它在那里的路径`
      : `找不到 ${f.text("path")}，请检查路径与目录挂载`,
  "storage.permission": (f) =>
    `没有权限访问 ${f.text("path")}；请检查目录权限，并让本服务与书库使用同一用户`,
  "storage.read_only": (f) => `${f.text("path")} 所在的文件系统是只读的；请以可写方式挂载`,
  "storage.too_many_files": (f) =>
    `无法打开 ${f.text("path")}: ${
      f.text("found") === "ENFILE" ? "整个系统" : "本服务"
    }打开的文件太多 (${
      f.text("found")
    })；请提高上限（ulimit -n、systemd 的 LimitNOFILE= 或容器的 ulimits）后重启`,
  "target.exists": (f) => `目标处已有 ${f.text("name")}，不会覆盖`,
  "target.failed": (f) => `目标处理 ${f.text("name")} 时失败: ${f.text("found")}`,
  "target.full": (f) => `目标没有足够空间存放 ${f.text("name")}`,
  "target.name": (f) => `目标不能存放名称 ${f.text("name")}: ${f.reason()}`,
  "target.not_found": (f) => `目标处没有 ${f.text("name")}`,
  "target.refused": (f) => `目标拒绝访问 ${f.text("name")}；请检查用户名、密码与那里的权限`,
  "target.source_changed": (f) =>
    `无法复制: 读取到 ${f.bytes("found")} 时已到末尾，应为 ${f.bytes("expected")}`,
  "target.throttled": () => "目标要求稍后再试",
  "target.timeout": (f) => `目标在处理 ${f.text("name")} 时超时未答`,
  "target.unreachable": (f) =>
    f.text("found") === "no_marker"
      ? `${f.text("path")} 不是目标：缺少 shuku-target.json；磁盘挂载了吗？`
      : f.text("found") === "no_folder"
      ? `${f.text("path")} 不是文件夹；磁盘挂载了吗？`
      : `无法连接目标: ${f.text("found")}`,
  "webdav.unavailable": () =>
    "本版本还不能把备份送到 WebDAV 等远程位置，设置未保存；请先自行复制下载的备份",
  "worker.crashed": (f) => `后台工作线程意外退出: ${f.text("found")}`,
  "cli.output_failed": (f) => `无法写到标准输出: ${f.text("found")}；命令所做的事不受影响`,
  "cli.usage": (f) => f.text("zh"),
  "internal": () => "内部错误，请查看日志",
};

/** What the operating system means, and what to do. */
const CAUSES: Readonly<Record<string, string>> = {
  EIO: "磁盘或网络挂载报告读写错误；请查看系统日志并检查磁盘",
  ENOTDIR: "路径中有一段是文件而不是目录；请检查配置中的路径",
  EISDIR: "这是一个目录，应当是文件",
  ESTALE: "网络挂载丢失了这个文件；请重新挂载",
  ENOTCONN: "挂载已断开；请重新挂载",
  ETIMEDOUT: "网络挂载没有响应；请检查文件服务器",
  EHOSTDOWN: "网络挂载没有响应；请检查文件服务器",
  ELOOP: "符号链接绕成了圈",
  ENAMETOOLONG: "文件名超过了此文件系统允许的长度",
  EINVAL: "此文件系统不接受这个名称或操作",
  EBUSY: "它正被占用，例如有别的卷挂载在这里",
  EFBIG: "文件超过了此文件系统或本进程允许的大小",
  ENODEV: "设备已不存在",
  ENXIO: "设备已不存在",
  ENOTSUP: "此文件系统不支持该操作",
  EOPNOTSUPP: "此文件系统不支持该操作",
  SQLITE_READONLY_DBMOVED: "文件中途被替换或删除；请重试",
  "disk I/O error": "磁盘或网络挂载报告读写错误；请查看系统日志并检查磁盘",
};

/** What the operating system means by `found`, and what to do; nothing where it says so itself. */
function causeOf(found: string): string {
  const cause = CAUSES[found.replace(/ \(.*/, "")];
  return cause === undefined ? "" : `，${cause}`;
}

/** What is where the live database was. */
const FOUND: Readonly<Record<string, string>> = {
  missing: "已不见或是空的",
  damaged: "已不是有效的数据库",
};

/** What is used up where bytes are free. */
const LIMITS: Readonly<Record<string, string>> = {
  quota: "可能是此用户、用户组或目录的配额已用完，请提高配额或删除旧备份后重试",
  files: "该卷已不能容纳更多文件，请删除一些文件后重试",
};

/** What a failed restore left behind. */
const OUTCOMES: Readonly<Record<string, string>> = {
  nothing_changed: "数据未改动",
  rolled_back: "已自动回滚到恢复前的状态",
  pending: "恢复未完成，正在后台重试",
  pending_start: "恢复未完成，下一条命令或运行中的服务会继续完成",
  stuck: "恢复未完成，需要人工决定",
};
