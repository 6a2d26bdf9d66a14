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

/** The simplest description of what the store has to hold: a list, and one rule for what goes. */
export class ModelStore {
  readonly #options: { kept: number; keptSnapshots: number };
  #backups: ModelBackup[] = [];
  /** The snapshot of the newest restore. */
  #undo: string | null = null;
  /** What is live. */
  live = "";

  /** @param options How many backups, and how many snapshots, stay. */
  constructor(options: { kept: number; keptSnapshots: number }) {
    this.#options = options;
  }

  /** Newest first. */
  ids(): string[] {
    return this.#sorted().map(({ id }) => id);
  }

  /** Newest first, as the product lists them. */
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

  /** A backup of what is live was made; then what is over the count goes. */
  created(id: string, now: number): void {
    this.#add({ id, kind: "manual", createdAt: now, pinned: false, content: this.live });
    this.#prune(now);
  }

  /** A snapshot was taken, and a backup restored. */
  restored(target: string, snapshot: string, now: number): void {
    const { content } = this.#get(target);
    this.#add({
      id: snapshot,
      kind: "snapshot",
      createdAt: now,
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
    this.#missPruned(seen, added[0]?.createdAt ?? null, target);
  }

  /** A kill in the middle of pruning leaves some of what is over the count. */
  #missPruned(seen: readonly SeenBackup[], now: number | null, target: string | null): void {
    const gone = this.#backups.filter(({ id }) => !seen.some((one) => one.id === id));
    if (gone.length === 0) return;
    assert.ok(target === null && now !== null, `gone: ${JSON.stringify(gone)}`);
    const before = [...this.#backups];
    this.#prune(now);
    const mayGo = before.filter(({ id }) => !this.#backups.some((one) => one.id === id));
    for (const { id } of gone) assert.ok(mayGo.some((one) => one.id === id), `${id} is gone`);
    this.#backups = before.filter((backup) => !gone.includes(backup));
  }

  /**
   * What goes: of the backups made here and of the snapshots, each counted alone, newest first, those past the
   * count. Pinned and uploaded ones neither go nor count, the newest verified one stays, and a clock before the
   * newest backup means that nothing can be said about age.
   */
  #prune(now: number): void {
    const sorted = this.#sorted();
    if (now < (sorted[0]?.createdAt ?? 0)) return;
    const newest = sorted.find(({ kind }) => kind !== "snapshot");
    const count = (kind: BackupKind, kept: number) =>
      sorted.filter((backup) => backup.kind === kind && !backup.pinned).slice(kept)
        .filter((backup) => backup !== newest);
    const goes = [
      ...count("manual", this.#options.kept),
      ...count("snapshot", this.#options.keptSnapshots),
    ];
    this.#backups = this.#backups.filter((backup) => !goes.includes(backup));
  }

  #sorted(): ModelBackup[] {
    return this.#backups.toSorted((a, b) =>
      b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
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
