/** A block of code in a README. */
export interface Block {
  /** The word after the fence; empty for a drawing. */
  readonly language: string;
  /** The heading above it. */
  readonly section: string;
  readonly code: string;
}

/** Finds every block of code, in order. */
export function readBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let section = "";
  let open: { language: string; lines: string[] } | null = null;
  for (const line of markdown.split("\n")) {
    if (open !== null) {
      if (line !== "```") open.lines.push(line);
      else {
        blocks.push({ language: open.language, section, code: open.lines.join("\n") + "\n" });
        open = null;
      }
    } else if (line.startsWith("```")) open = { language: line.slice(3), lines: [] };
    else if (line.startsWith("#")) section = line.replace(/^#+ /, "");
  }
  return blocks;
}
