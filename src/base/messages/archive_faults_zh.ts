import type { Facts } from "./mod.ts";

/** What is wrong with an archive, by the detail `why` of its error, where one can say where it comes from. */
export const archiveFaultsZh: Readonly<Record<string, (f: Facts) => string>> = {
  cut: (f) =>
    `文件不完整：到 ${
      f.text("size")
    } 字节为止，缺少 ZIP 末尾的目录；多半是复制、下载或上传中断了，请重新取得完整的原文件`,
  before: (f) =>
    `ZIP 前面多出 ${f.text("bytes")} 字节不属于它的内容；请换用原来的文件，或用 zip -FF 修复后再试`,
  behind: (f) =>
    `ZIP 后面多出 ${f.text("bytes")} 字节不属于它的内容；请换用原来的文件，或用 zip -FF 修复后再试`,
  // Names as some programs write them who pack a backup anew.
  encoding: (f) =>
    `压缩包里的文件名不是 UTF-8 编码（多半是 GBK）: ${
      f.text("path")
    }；它被其他程序重新打包过，请换用原来的 ZIP，或用 7-Zip 以 UTF-8 文件名（参数 -mcu=on）重新打包`,
  backslashes: (f) =>
    `压缩包里的路径用了反斜杠: ${
      f.text("path")
    }；它被旧的 Windows 程序重新打包过，请换用原来的 ZIP，或用 7-Zip 重新打包`,
  // What other ZIPs have and backups do not.
  encrypted: (f) =>
    `压缩包设有密码（${
      f.text("path")
    } 已加密），无法读取；请换用原来的 ZIP，或解压后不设密码重新打包`,
  split: () =>
    "这是分卷压缩包的一部分（.z01、.z02 … .zip），单独一个打不开；请把各卷放在一起合并（zip -s 0 分卷.zip --out 合并.zip）后再试，或换用原来的 ZIP",
  method: (f) =>
    `${f.text("path")} 用了备份不用的压缩方法（${
      f.text("found")
    }）；请换用原来的 ZIP，或以普通的 Deflate 方法重新打包`,
};
