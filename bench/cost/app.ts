import { createSimulator, type SimulatedApp, type Simulator, type TopicInfo } from '../../simulator/index.ts';
import { Draw } from '../../simulator/random.ts';

/** A simulated app in which every community has as many topics as every other. */
export interface SampleApp {
  readonly simulator: Simulator;
  readonly communities: number;
  /** The topics of each community, as get_topic shows them now. */
  topics(): Generator<readonly TopicInfo[]>;
  /** Posts messages in that share of the topics, wherever they are. */
  post(share: number): Posted;
}

/** How many topics have had messages, and the communities that those are in. */
export interface Posted {
  readonly topics: number;
  readonly communities: number;
}

/** Messages of a topic in a day: from one to so many. */
const MOST_MESSAGES = 50;

/** @param topics of each community, with names, texts and custom strings as people write them */
export function createSampleApp(communities: number, topics: number): SampleApp {
  const simulator = createSimulator({ communities: 0 });
  const app: SimulatedApp = simulator.app();
  const draw = new Draw(0);
  for (let nth = 0; nth < communities; nth++) app.createCommunity({ topics });
  return {
    simulator,
    communities,
    topics: function* () {
      for (const groupId of app.communityIds()) yield app.topics(groupId);
    },
    post: (share) => {
      const all = app.communityIds().flatMap((groupId) => app.topics(groupId));
      const chosen = draw.shuffle(all).slice(0, Math.round(all.length * share));
      for (const { GroupID, TopicId } of chosen)
        app.postMessages(GroupID as string, TopicId, draw.int(1, MOST_MESSAGES));
      return { topics: chosen.length, communities: new Set(chosen.map(({ GroupID }) => GroupID)).size };
    },
  };
}
