/** What two names have in common that SQLite takes for the same: all but the case of ASCII letters. */
export function foldName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
