import type { GroupType } from '../ids.ts';
import type { AppShape } from './layout.ts';
import { initialGroups } from './layout.ts';

/** A group's place in the app. */
export interface GroupEntry {
  readonly groupId: string;
  readonly type: GroupType;
  /** Number among the initial communities; undefined for other groups and those created later. */
  readonly community: number | undefined;
  live: boolean;
}

export interface GroupPage {
  groupIds: string[];
  /** Place of the first group that did not fit; 0 when there is none. */
  next: number;
}

/**
 * All groups, in order of creation. A place is kept when its group is disbanded, so that a cursor
 * taken before stays valid; new groups come at the end. (Tencent documents no order.)
 */
export class GroupList {
  readonly #entries: GroupEntry[] = [];
  readonly #byId = new Map<string, GroupEntry>();
  readonly #counts = new Map<GroupType, number>();

  constructor(shape: AppShape) {
    for (const { groupId, type, community } of initialGroups(shape)) this.add(groupId, type, community);
  }

  /** Places taken so far, by existing and by disbanded groups. */
  get length(): number {
    return this.#entries.length;
  }

  add(groupId: string, type: GroupType, community?: number): GroupEntry {
    const entry = { groupId, type, community, live: true };
    this.#entries.push(entry);
    this.#byId.set(groupId, entry);
    this.#count(type, 1);
    return entry;
  }

  disband(entry: GroupEntry): void {
    entry.live = false;
    this.#count(entry.type, -1);
  }

  find(groupId: string): GroupEntry | undefined {
    return this.#byId.get(groupId);
  }

  total(type?: GroupType): number {
    if (type) return this.#counts.get(type) ?? 0;
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  ids(type?: GroupType): string[] {
    return this.#entries.filter((entry) => isListed(entry, type)).map(({ groupId }) => groupId);
  }

  page(from: number, limit: number, type?: GroupType): GroupPage {
    const groupIds: string[] = [];
    for (let place = from; place < this.#entries.length; place++) {
      const entry = this.#entries[place] as GroupEntry;
      if (!isListed(entry, type)) continue;
      if (groupIds.length === limit) return { groupIds, next: place };
      groupIds.push(entry.groupId);
    }
    return { groupIds, next: 0 };
  }

  #count(type: GroupType, change: number): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + change);
  }
}

function isListed(entry: GroupEntry, type: GroupType | undefined): boolean {
  return entry.live && (type === undefined || entry.type === type);
}
