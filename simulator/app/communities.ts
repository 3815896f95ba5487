import { Refusal } from '../errors.ts';
import { defaultCommunityId } from '../ids.ts';
import { deriveCommunity, emptyCommunity } from './deriveCommunity.ts';
import { type GroupEntry, GroupList } from './groupList.ts';
import type { AppShape } from './layout.ts';
import type { Community } from './types.ts';

/** An app's communities. Only those that were changed are stored; the others are derived when asked for. */
export class Communities {
  readonly groups: GroupList;
  readonly #shape: AppShape;
  readonly #changed = new Map<string, Community>();

  constructor(shape: AppShape) {
    this.#shape = shape;
    this.groups = new GroupList(shape);
  }

  /**
   * To be read only: a pristine community is derived afresh on every call.
   * @throws Refusal 10010 (no such group), 10007 (a group of another type)
   */
  read(groupId: string): Community {
    const entry = this.#existing(groupId);
    return this.#changed.get(groupId) ?? this.#derive(entry);
  }

  /** To be changed: stored from now on. @throws as `read` */
  change(groupId: string): Community {
    const community = this.read(groupId);
    this.#changed.set(groupId, community);
    return community;
  }

  isStored(groupId: string): boolean {
    return this.#changed.has(groupId);
  }

  /** A community without topics, at the end of the list. The id must be free. */
  create(groupId: string): Community {
    const place = this.groups.length;
    const community = { ...emptyCommunity(groupId, this.#shape.seed, place), ...this.#inheritance(groupId) };
    this.groups.add(groupId, 'Community');
    this.#changed.set(groupId, community);
    return community;
  }

  /** Keeps what is known of its topics, which count as deleted should its id be used again. */
  disband(groupId: string): void {
    this.groups.disband(this.#existing(groupId));
  }

  /** An id no group ever had. */
  freeId(): string {
    for (let ordinal = this.groups.length; ; ordinal++) {
      const id = defaultCommunityId(ordinal, this.#shape.seed);
      if (!this.groups.find(id)) return id;
    }
  }

  #inheritance(groupId: string): Partial<Community> {
    const entry = this.groups.find(groupId);
    if (!entry) return {};
    const former = this.#changed.get(groupId) ?? this.#derive(entry);
    return { deletedTopicIds: new Set([...former.deletedTopicIds, ...former.topics.keys()]) };
  }

  #existing(groupId: string): GroupEntry {
    const entry = this.groups.find(groupId);
    if (!entry?.live) throw new Refusal(10010, groupId);
    if (entry.type !== 'Community') throw new Refusal(10007, `${groupId} is a ${entry.type} group`);
    return entry;
  }

  /** Only initial communities are ever derived: those created later are stored at once. */
  #derive({ groupId, community }: GroupEntry): Community {
    return deriveCommunity(this.#shape, groupId, community as number);
  }
}
