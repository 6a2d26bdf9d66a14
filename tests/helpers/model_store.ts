import assert from "node:assert/strict";
import type { BackupKind } from "../../src/backup/types.ts";

/** A backup as the model knows it. */
export interface ModelBackup {
  readonly id: string;
  readonly kind: BackupKind;
  readonly createdAt: number;
  pinned: boolean;
  /** What a restore of it brings back. */
  readonly content: string;
}

/** What of a backup can be seen from outside. */
export type SeenBackup = Omit<ModelBackup, "content">;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The simplest description of what the store has to hold: a list, and one rule for what goes. */
export class ModelStore {
  readonly #options: { kept: number; keptSnapshots: number; now: () => number };
  #backups: ModelBackup[] = [];
  /** The snapshot of the newest restore. */
  #undo: string | null = null;
  /** What is live. */
  live = "";

  /** @param options How many backups, and how many snapshots, stay; `now`: what the clock shows. */
  constructor(options: { kept: number; keptSnapshots: number; now: () => number }) {
    this.#options = options;
  }

  /** Newest first, what is dated after now behind the others. */
  ids(): string[] {
    return this.#sorted().map(({ id }) => id);
  }

  /** In the order of {@linkcode ids}, as the product lists them. */
  list(): { id: string; pinned: boolean; kind: BackupKind }[] {
    return this.#sorted().map(({ id, pinned, kind }) => ({ id, pinned, kind }));
  }

  /** Whether a backup is pinned. */
  isPinned(id: string): boolean {
    return this.#get(id).pinned;
  }

  /** What undo would restore; `null`: nothing. */
  undoTarget(): string | null {
    return this.#backups.some(({ id }) => id === this.#undo) ? this.#undo : null;
  }

  /**
   * A backup of what is live was made; then what is over the count goes. Where that is more than was made it may wait.
   *
   * @param seen What the store holds now.
   */
  created(id: string, seen: readonly SeenBackup[]): void {
    const createdAt = this.#options.now();
    this.#add({ id, kind: "manual", createdAt, pinned: false, content: this.live });
    const over = this.#over();
    const gone = this.#takeGone(seen, over);
    const own = over.filter(({ kind }) => kind === "manual");
    if (own.length === 1) assert.deepEqual(gone.filter((one) => own.includes(one)), own);
  }

  /** A snapshot was taken, and a backup restored. */
  restored(target: string, snapshot: string): void {
    const { content } = this.#get(target);
    this.#add({
      id: snapshot,
      kind: "snapshot",
      createdAt: this.#options.now(),
      pinned: false,
      content: this.live,
    });
    this.live = content;
    this.#undo = snapshot;
  }

  /** A backup came in again. */
  uploaded(id: string, from: string): void {
    this.#add({ ...this.#get(from), id, kind: "uploaded", pinned: false });
  }

  /** A backup was pinned, or let go. */
  pinned(id: string, pinned: boolean): void {
    this.#get(id).pinned = pinned;
  }

  /** A backup was deleted. */
  removed(id: string): void {
    this.#backups = this.#backups.filter((backup) => backup.id !== id);
  }

  /**
   * Something was killed: of the outcomes it may have, takes over the one that is there.
   *
   * @param seen What the store holds now.
   * @param target What was to be restored; `null`: a backup was to be made.
   * @param live What is live now.
   */
  interrupted(seen: readonly SeenBackup[], target: string | null, live: string): void {
    const before = this.live;
    const added = seen.filter(({ id }) => !this.#backups.some((backup) => backup.id === id));
    assert.ok(added.length <= 1, `more than one new backup: ${JSON.stringify(added)}`);
    for (const one of added) {
      assert.equal(one.kind, target === null ? "manual" : "snapshot");
      this.#add({ ...one, content: before });
    }
    if (target !== null && live !== before) {
      assert.equal(live, this.#get(target).content, "neither the old content nor the restored one");
      this.live = live;
      assert.ok(added[0] !== undefined, "restored without a snapshot");
      this.#undo = added[0].id;
    }
    // A kill in the middle of pruning leaves some of what is over the count.
    this.#takeGone(seen, added.length > 0 && target === null ? this.#over() : []);
  }

  /** Takes over what is gone, all of which must have been allowed to go. */
  #takeGone(seen: readonly SeenBackup[], mayGo: readonly ModelBackup[]): ModelBackup[] {
    const gone = this.#backups.filter(({ id }) => !seen.some((one) => one.id === id));
    for (const one of gone) assert.ok(mayGo.includes(one), `${one.id} is gone`);
    this.#backups = this.#backups.filter((backup) => !gone.includes(backup));
    return gone;
  }

  /**
   * What may go: of the backups made here and of the snapshots, each counted alone, newest first, those past the
   * count. Pinned, uploaded and future ones neither go nor count, and the newest verified one stays. When most are in
   * the future, or one is by less than a day, it is the clock that is wrong, and nothing can be said about age.
   */
  #over(): ModelBackup[] {
    const made = this.#sorted().filter(({ kind }) => kind !== "uploaded");
    const ahead = made.filter((backup) => this.#isAhead(backup));
    const isNear = ahead.some(({ createdAt }) =>
      createdAt - this.#options.now() <= DAY_MS + MINUTE_MS
    );
    if (isNear || ahead.length * 2 > made.length) return [];
    const dated = made.filter((backup) => !ahead.includes(backup));
    const newest = dated.find(({ kind }) => kind !== "snapshot");
    const over = (kind: BackupKind, kept: number) =>
      dated.filter((backup) => backup.kind === kind && !backup.pinned).slice(kept)
        .filter((backup) => backup !== newest);
    const { kept, keptSnapshots } = this.#options;
    return [...over("manual", kept), ...over("snapshot", keptSnapshots)];
  }

  #isAhead({ createdAt }: ModelBackup): boolean {
    return createdAt > this.#options.now() + MINUTE_MS;
  }

  #sorted(): ModelBackup[] {
    return this.#backups.toSorted((a, b) =>
      Number(this.#isAhead(a)) - Number(this.#isAhead(b)) || b.createdAt - a.createdAt ||
      (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
    );
  }

  #add(backup: ModelBackup): void {
    assert.ok(!this.#backups.some(({ id }) => id === backup.id), `${backup.id} is there twice`);
    this.#backups.push(backup);
  }

  #get(id: string): ModelBackup {
    const found = this.#backups.find((backup) => backup.id === id);
    assert.ok(found !== undefined, `${id} is not there`);
    return found;
  }
}
