import { createSimulator, type SimulatedApp, type Simulator, type TopicInfo } from '../../simulator/index.ts';
import { Draw } from '../../simulator/random.ts';

/** A simulated app in which every community has as many topics as every other. */
export interface SampleApp {
  readonly simulator: Simulator;
  readonly communities: number;
  /** The topics of each community, as get_topic shows them now. */
  topics(): Generator<readonly TopicInfo[]>;
  /** Posts a message in that share of the topics, wherever they are. @returns how many those are */
  post(share: number): number;
}

/** @param topics of each community */
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
      for (const { GroupID, TopicId } of chosen) app.postMessages(GroupID as string, TopicId);
      return chosen.length;
    },
  };
}
