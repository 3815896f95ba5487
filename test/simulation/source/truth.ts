import type { AppState } from '../../../simulator/app/state.ts';
import { type Details, detailsOfInfo } from './details.ts';

/** A community as it was for a while: its topics, or undefined while it did not exist. */
export type Topics = ReadonlyMap<string, Details>;

export interface Version {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly topics: Topics | undefined;
  readonly supported: boolean;
}

const UNBORN: Version = { from: Number.NEGATIVE_INFINITY, topics: undefined, supported: false };

/** The simulated app's own history: what was true of each community at each instant. */
export class Truth {
  readonly #versions = new Map<string, Version[]>();
  readonly #app: AppState;
  readonly #now: () => number;

  constructor(app: AppState, now: () => number) {
    this.#app = app;
    this.#now = now;
    for (const groupId of app.communityIds()) this.record(groupId);
  }

  get groupIds(): Iterable<string> {
    return this.#versions.keys();
  }

  /** Notes what a community is from now on. Called after every change of the app. */
  record(groupId: string): void {
    const versions = this.#versions.get(groupId) ?? [];
    this.#versions.set(groupId, versions);
    versions.push({ from: this.#now(), ...this.#current(groupId) });
  }

  /** The versions that held at some instant of an interval, both ends included. */
  during(groupId: string, from: number, until: number): Version[] {
    const recorded = this.#versions.get(groupId) ?? [];
    const versions = [UNBORN, ...recorded];
    return versions.filter((version, index) => {
      const end = versions[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      return version.from <= until && end >= from;
    });
  }

  /** Whether a community or topic was gone at some instant of an interval. */
  wasGone(groupId: string, topicId: string, from: number, until: number): boolean {
    const versions = this.during(groupId, from, until);
    return versions.length === 0 || versions.some(({ topics }) => !topics?.has(topicId));
  }

  /** Whether something held of a topic's details at some instant of an interval. */
  was(
    { groupId, topicId }: { readonly groupId: string; readonly topicId: string },
    holds: (details: Details) => boolean,
    from: number,
    until: number,
  ): boolean {
    return this.during(groupId, from, until).some(({ topics }) => {
      const details = topics?.get(topicId);
      return details !== undefined && holds(details);
    });
  }

  #current(groupId: string): Omit<Version, 'from'> {
    if (!this.#app.communityIds().includes(groupId)) return { topics: undefined, supported: false };
    const topics = this.#app.topics(groupId).map((info) => [info.TopicId, detailsOfInfo(info)] as const);
    return { topics: new Map(topics), supported: this.#app.community(groupId).supportsTopics };
  }
}
