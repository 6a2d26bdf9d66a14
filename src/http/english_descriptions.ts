import type { Language } from "../base/messages/mod.ts";
import type { OpenApiDocument } from "./openapi_document.ts";

/** What the routes say of themselves in Chinese, in English. A test finds what is missing here. */
const ENGLISH: Readonly<Record<string, string>> = {
  "Shuku Backup 书库备份": "Shuku Backup",
  "书库的备份与恢复。错误一律为 {detail, code, …}；句子默认为中文，Accept-Language: en 时为英文。":
    "Backup and restore of a library. Every error is {detail, code, …}; its sentence is Chinese by default, English with Accept-Language: en.",
  "备份": "Backups",
  "恢复": "Restore",
  "定时备份": "Scheduled backups",
  "任务": "Jobs",
  "服务": "Service",
  "登录，取得令牌（OAuth2 密码表单）": "Sign in and get a token (OAuth2 password form)",
  "令牌": "The token",
  "用户名或密码错误": "Wrong user name or password",
  "表单过大": "The form is too large",
  "缺少用户名或密码": "The user name or password is missing",
  "失败次数过多": "Too many failures",
  "健康检查，无需令牌": "Health check, without a token",
  "正常；status 为 warning 时 reason 说明需要注意什么":
    "Well; where status is warning, reason says what to look at",
  "正在完成一次恢复": "A restore is being completed",
  "创建备份": "Create a backup",
  "false: 立即返回 202 与任务编号": "false: answers 202 at once, with the job's id",
  "备份已创建": "The backup is made",
  "已开始": "It has begun",
  "没有令牌，或令牌无效、已过期": "No token, or one that is invalid or expired",
  "不是管理员，或令牌只读": "Not an administrator, or a token for reading only",
  "请求体未在时限内到达": "The body did not arrive in time",
  "另一个任务正在运行": "Another job is running",
  "请求体过大": "The body is too large",
  "请求体不是 JSON": "The body is not JSON",
  "请求体或参数的形式不正确": "The body or a parameter has the wrong shape",
  "创建备份失败": "The backup could not be made",
  "正在完成一次恢复，或书库的用户暂时无法读取":
    "A restore is being completed, or the library's users cannot be read just now",
  "磁盘空间不足": "Not enough space on the disk",
  "获取备份列表，最新在前；不给 limit 时返回全部":
    "List the backups, newest first; all of them without limit",
  "上一页的 next_cursor": "next_cursor of the page before",
  "备份；损坏的也在其中": "The backups, damaged ones too",
  "全部备份的数量": "How many backups there are in all",
  "仅在给出 limit 时；最后一页为 null": "Only with limit; null on the last page",
  "备份目录中像备份而未列出的文件，及其原因；没有时不出现":
    "Files of the folder that look like backups and are not listed, with the reason; absent when there are none",
  "缺省为全部默认内容": "All default parts when absent",
  "获取备份统计信息": "Statistics of the backups",
  "统计": "Statistics",
  "下载备份文件，可续传": "Download a backup; can be resumed",
  "令牌也可放在 ?token= 中；?ticket= 是 POST download/{backup_id}/ticket 给出的一次性链接":
    "The token may stand in ?token= too; ?ticket= is the one-use link that POST download/{backup_id}/ticket gives",
  "ZIP 文件": "The ZIP",
  "其中一段": "A part of it",
  "未改变": "Not changed",
  "备份文件不存在": "There is no such backup",
  "范围超出文件大小": "The range is beyond the file's size",
  "取得一次性下载链接": "Get a one-use download link",
  "链接": "The link",
  "相对于本次请求的地址": "Relative to the address of this request",
  "验证备份完整性": "Check a backup whole",
  "验证结果；损坏时列出每个损坏的路径": "The result; for a damaged backup every damaged path",
  "上传备份（multipart/form-data，字段 file）": "Upload a backup (multipart/form-data, field file)",
  "备份上传成功": "The backup is uploaded",
  "不是 ZIP、已损坏或含有不安全的内容": "No ZIP, damaged, or with unsafe content",
  "已存在，或另一个上传正在进行": "It exists already, or another upload is going on",
  "超过上限": "Over the limit",
  "true: 制作之后被改动过、但内容完好的备份也收下":
    "true: takes a backup that was changed since it was made but is sound, too",
  "不是 ZIP 或不是备份、不完整、已损坏、制作之后被改动过，或含有不安全的内容":
    "No ZIP or no backup, incomplete, damaged, changed since it was made, or with unsafe content",
  "上传备份（请求体即文件）": "Upload a backup (the body is the file)",
  "恢复备份": "Restore a backup",
  "已恢复": "It is restored",
  "备份验证失败": "The backup failed validation",
  "另一个任务正在运行，或需要 force": "Another job is running, or force is needed",
  "恢复备份失败": "The backup could not be restored",
  "预览恢复会改变什么，不作任何改动": "Preview what a restore would change; changes nothing",
  "预览": "The preview",
  "撤销最近一次恢复，回到恢复前的快照":
    "Undo the last restore: back to the snapshot taken before it",
  "已撤销": "It is undone",
  "没有可以撤销的恢复，或另一个任务正在运行":
    "There is no restore to undo, or another job is running",
  "恢复失败": "The restore failed",
  "决定一个停住的恢复: 继续完成或回滚": "Decide a stuck restore: complete it or roll it back",
  "恢复的状态": "State of the restore",
  "没有等待处理的恢复": "No restore waits for a decision",
  "是否有恢复等待完成": "Tell whether a restore waits to be completed",
  "恢复演练: 在旁边恢复一次并检查，不触碰书库":
    "Restore drill: restore beside the library and check, without touching it",
  "演练结果": "Result of the drill",
  "下次清理会保留和删除哪些备份，及其原因":
    "Which backups the next pruning keeps and deletes, and why",
  "逐个说明，以及等待确认的清理": "Each of them, and what waits to be confirmed",
  "立即清理所列备份中超过保留数量的":
    "Delete at once those of the named backups that are over the count",
  "已清理的与保留的": "What was deleted and what was kept",
  "获取调度器状态": "State of the scheduler",
  "状态": "The state",
  "启用自动备份；请求体可省略": "Switch automatic backups on; the body may be left out",
  "已启用": "They are on",
  "无效的 Cron 表达式": "Invalid cron expression",
  "禁用自动备份": "Switch automatic backups off",
  "已禁用": "They are off",
  "更新备份计划: 分 时 日 月 星期": "Change the schedule: minute hour day month weekday",
  "已更新": "It is changed",
  "一个计划接下来的五次执行时间": "The next five times of a schedule",
  "执行时间": "The times",
  "立即执行一次备份任务，不影响定时计划": "Run a backup now; the schedule is not affected",
  "执行结果；失败也是 200，success 为 false":
    "The result; 200 for a failure too, with success false",
  "任务列表，最新在前": "The jobs, newest first",
  "查看一个任务": "Look at a job",
  "任务不存在": "There is no such job",
  "取消任务": "Cancel a job",
  "已过可取消的阶段": "It is past the point where it can be cancelled",
  "任务进度（server-sent events）": "Progress of a job (server-sent events)",
  "event: progress 每秒至少一次，event: end 为最后一条；data 是任务的 JSON":
    "event: progress at least once a second, event: end as the last one; data is the job as JSON",
  "事件流": "The stream of events",
  "事件流过多": "Too many streams of events",
  "审计: 谁在何时做了什么，结果如何": "Audit: who did what, when, with what result",
  "最新在前": "Newest first",
  "远程位置的设置；本版本没有远程位置": "Settings of remote places; this version has none",
  "总是关闭": "Always off",
  "本版本没有远程位置，设置不会保存": "This version has no remote places; settings are not saved",
  "没有远程位置": "There are no remote places",
  "查看一个备份及其中的每个文件": "Look at a backup and every file in it",
  "删除备份": "Delete a backup",
  "备份已删除": "It is deleted",
  "已固定或正在使用": "It is pinned or in use",
  "固定或取消固定备份，修改描述": "Pin or unpin a backup, change its description",
};

/** The fields that are for a person; whatever else is Chinese is sent and compared as it is. */
const FOR_PEOPLE = /^(?:summary|description|title)$/;

/** Gives the description of the API in the reader's language; only what is for people differs. */
export function describeIn(document: OpenApiDocument, language: Language): OpenApiDocument {
  return language === "zh" ? document : translate(document) as OpenApiDocument;
}

function translate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translate);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      typeof child === "string" && FOR_PEOPLE.test(key)
        ? ENGLISH[child] ?? child
        : translate(child),
    ]),
  );
}
