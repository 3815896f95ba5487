import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  createSimulator,
  MAX_TOPICS,
  SIMULATOR_EPOCH,
  type SimulatorOptions,
  type TopicInfo,
} from '../../simulator/index.ts';
import { toJson } from '../../simulator/json.ts';

const appWith = (options: SimulatorOptions = {}) => createSimulator(options).app();

function digest(options: SimulatorOptions): string {
  const app = appWith(options);
  return createHash('sha256')
    .update(toJson([app.groupIds(), [...app.state()]]))
    .digest('hex');
}

function allTopics(options: SimulatorOptions): TopicInfo[] {
  return [...appWith(options).state()].flatMap(({ topics }) => topics);
}

describe('the initial app', () => {
  it('is the same, byte for byte, for the same seed, today and in another process', () => {
    expect(digest({ seed: 7, communities: 150 })).toBe(digest({ seed: 7, communities: 150 }));
    expect(digest({ seed: 7, communities: 150 })).not.toBe(digest({ seed: 8, communities: 150 }));
    // People keep seeds: what a seed gives must not change by accident.
    expect(digest({ seed: 1, communities: 150 })).toBe(
      '146bafb4734d8f3938ed74cbc3e418ae02dd0cda8b9360fc7e4617348321536d',
    );
  });

  it('does not depend on the order in which it is read', () => {
    const [first, second] = [appWith(), appWith()];
    const groupId = first.communityIds()[300] as string;
    const early = second.topics(groupId);
    expect([...first.state()].find((state) => state.groupId === groupId)?.topics).toEqual(early);
  });

  it('has as many communities and other groups as promised, each id once', () => {
    const app = appWith({ communities: 500 });
    expect(app.communityIds()).toHaveLength(500);
    expect(app.groupIds()).toHaveLength(750);
    expect(new Set(app.groupIds()).size).toBe(750);
    expect(app.groupIds('Public').length).toBeGreaterThan(30);
    expect(app.communityIds().every((id) => id.startsWith('@TGS#_') && id.length < 48)).toBe(true);
  });

  it('has 0 to 200 topics in a community, around the mean, with a long tail', () => {
    const sizes = [...appWith({ communities: 1500, topicsPerCommunity: 20 }).state()].map(
      ({ topics }) => topics.length,
    );
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(18);
    expect(mean).toBeLessThan(22);
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(30);
    expect(sizes.filter((size) => size > 60).length).toBeGreaterThan(30);
  });

  it.each([1, 2, 3])('has a full community in every 500, as with seed %d', (seed) => {
    const app = appWith({ seed, communities: 260, quirks: false });
    expect(app.topics(app.communityIds()[250] as string)).toHaveLength(MAX_TOPICS);
  });

  it('has ids of both kinds, for communities and topics, each at most 96 bytes and unique', () => {
    const topics = allTopics({ communities: 300 });
    const ids = topics.map(({ TopicId }) => TopicId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[\x20-\x7e]{1,96}$/.test(id))).toBe(true);
    expect(topics.every(({ TopicId, GroupID }) => TopicId.startsWith(`${GroupID}@TOPIC#_`))).toBe(true);
    const custom = ids.filter((id) => !id.includes('@TOPIC#_@TOPIC#'));
    expect(custom.length / ids.length).toBeCloseTo(0.15, 1);
    expect(custom.some((id) => id.includes(' '))).toBe(true);
  });

  it('has texts in many scripts, all short enough to be imported again', () => {
    const limits = { TopicName: 30, FaceUrl: 100, Notification: 300, Introduction: 240, CustomString: 3000 };
    const topics = allTopics({ communities: 500 });
    for (const [field, limit] of Object.entries(limits)) {
      const longest = Math.max(...topics.map((topic) => Buffer.byteLength(String(topic[field] ?? ''))));
      expect(longest).toBeLessThanOrEqual(limit);
      expect(longest).toBeGreaterThan(limit / 2);
    }
    for (const script of [
      /\p{Script=Han}/u,
      /\p{Script=Arabic}/u,
      /\p{Script=Hebrew}/u,
      /\p{Script=Cyrillic}/u,
      /\p{Script=Devanagari}/u,
      /\p{Script=Thai}/u,
      /\p{Emoji_Presentation}/u,
    ]) {
      expect(topics.some((topic) => script.test(topic.TopicName))).toBe(true);
    }
    expect(
      topics.some((topic) => topic.CustomString?.startsWith('{') && JSON.parse(topic.CustomString)),
    ).toBe(true);
  });

  it('has quiet, busy and muted topics, none from after the epoch', () => {
    const topics = allTopics({ communities: 200 });
    expect(topics.some((topic) => topic.LastMsgTime === 0 && topic.NextMsgSeq === 1)).toBe(true);
    expect(topics.some((topic) => topic.LastMsgTime > topic.CreateTime && topic.NextMsgSeq > 1000)).toBe(
      true,
    );
    expect(topics.some((topic) => topic.MuteAllMember === 'On')).toBe(true);
    expect(topics.every((topic) => Math.max(topic.CreateTime, topic.LastMsgTime) <= SIMULATOR_EPOCH)).toBe(
      true,
    );
  });
});

describe('quirks', () => {
  it('are all there in an app of 100 communities', () => {
    const states = [...appWith({ communities: 100 }).state()];
    const topics = states.flatMap((state) => state.topics);
    expect(states.filter((state) => !state.supportsTopics).length).toBeGreaterThan(0);
    const integerMute = topics.filter((topic) => topic.ShutUpAllFlag !== undefined);
    expect(integerMute.length).toBeGreaterThan(0);
    expect(integerMute.every((topic) => topic.MuteAllMember === undefined)).toBe(true);
    expect(topics.some((topic) => typeof topic['LastEventSeq'] === 'bigint')).toBe(true);
    expect(topics.some((topic) => typeof topic['Permission'] === 'object')).toBe(true);
    expect(topics.some((topic) => topic.Introduction === '')).toBe(true);
    for (const field of ['FaceUrl', 'Notification', 'Introduction', 'CustomString']) {
      expect(topics.some((topic) => !(field in topic))).toBe(true);
    }
  });

  it('leave about one community in a hundred without topic support', () => {
    const unsupported = [...appWith({ communities: 1000 }).state()].filter((state) => !state.supportsTopics);
    expect(unsupported.length).toBeGreaterThanOrEqual(10);
    expect(unsupported.length).toBeLessThanOrEqual(11);
  });

  it('can be switched off', () => {
    const states = [...appWith({ communities: 200, quirks: false }).state()];
    const keys = new Set(states.flatMap(({ topics }) => topics.map((topic) => Object.keys(topic).join())));
    expect(states.every((state) => state.supportsTopics)).toBe(true);
    expect(keys.size).toBe(1);
  });
});

describe('changes to an app', () => {
  const open = () => {
    const app = appWith({ communities: 20, quirks: false, now: () => 1_800_000_000_999 });
    const { groupId } = app.createCommunity({ topics: 3 });
    const [topic] = app.topics(groupId) as [TopicInfo];
    return { app, groupId, topicId: topic.TopicId };
  };
  const quirkyTopic = () => {
    const app = appWith({ communities: 100 });
    const topics = [...app.state()].flatMap((state) => state.topics);
    return { app, topic: topics.find((topic) => topic.ShutUpAllFlag !== undefined) as TopicInfo };
  };

  it('edit and remove fields, but not ids', () => {
    const { app, groupId, topicId } = open();
    const edited = app.editTopic(groupId, topicId, {
      TopicName: 'New',
      FaceUrl: null,
      Extra: { deep: [1n << 60n] },
    });
    expect(edited).toMatchObject({ TopicName: 'New', Extra: { deep: [1n << 60n] } });
    expect(edited).not.toHaveProperty('FaceUrl');
    expect(app.topics(groupId)[0]).toEqual(edited);
    expect(() => app.editTopic(groupId, topicId, { TopicId: 'x' })).toThrow('10004');
  });

  it('mute a topic under the name it uses', () => {
    const { app, topic } = quirkyTopic();
    const mute = (MuteAllMember: string) => app.editTopic(topic.GroupID, topic.TopicId, { MuteAllMember });
    expect(mute('On').ShutUpAllFlag).toBe(1);
    expect(mute('Off').ShutUpAllFlag).toBe(0);
  });

  it('hand out copies', () => {
    const { app, groupId } = open();
    (app.topics(groupId)[0] as TopicInfo).TopicName = 'changed outside';
    expect(app.topics(groupId)[0]?.TopicName).not.toBe('changed outside');
  });

  it('post messages', () => {
    const { app, groupId, topicId } = open();
    expect(app.postMessages(groupId, topicId, 41)).toMatchObject({
      NextMsgSeq: 42,
      LastMsgTime: 1_800_000_000,
    });
    expect(app.postMessages(groupId, topicId).NextMsgSeq).toBe(43);
  });

  it('delete a topic once, and never use its id again by themselves', () => {
    const { app, groupId, topicId } = open();
    app.deleteTopic(groupId, topicId);
    expect(() => app.deleteTopic(groupId, topicId)).toThrow('110003');
    expect(() => app.editTopic(groupId, topicId, {})).toThrow('110003');
    expect(() => app.deleteTopic(groupId, 'never')).toThrow('10010');
    const created = Array.from({ length: 150 }, () => app.createTopic(groupId).TopicId);
    expect(new Set([...created, topicId]).size).toBe(151);
  });

  it('never give a new topic an id that was chosen for a deleted one', () => {
    const [first, second] = [open(), open()];
    const { TopicId } = first.app.createTopic(first.groupId);
    second.app.createTopic(second.groupId, { TopicId });
    second.app.deleteTopic(second.groupId, TopicId);
    expect(second.app.createTopic(second.groupId).TopicId).not.toBe(TopicId);
  });

  it('create topics with a chosen id, which may have belonged to a deleted one', () => {
    const { app, groupId, topicId } = open();
    expect(() => app.createTopic(groupId, { TopicId: topicId })).toThrow('10021');
    app.deleteTopic(groupId, topicId);
    expect(app.createTopic(groupId, { TopicId: topicId, TopicName: 'Back' })).toMatchObject({
      TopicName: 'Back',
    });
  });

  it('disband a community for good, unless it is created again under its id, without its topics', () => {
    const { app, groupId, topicId } = open();
    app.disbandCommunity(groupId);
    expect(app.communityIds()).not.toContain(groupId);
    expect(() => app.topics(groupId)).toThrow('10010');
    expect(() => app.disbandCommunity(groupId)).toThrow('10010');
    expect(app.createCommunity({ groupId })).toEqual({ groupId, supportsTopics: true, topics: [] });
    expect(app.communityIds().at(-1)).toBe(groupId);
    expect(() => app.deleteTopic(groupId, topicId)).toThrow('110003');
  });

  it('remember the topics of a community that was disbanded before it was ever changed', () => {
    const { app } = open();
    const state = [...app.state()].find(({ topics }) => topics.length > 0);
    const [groupId, topicId] = [state?.groupId as string, state?.topics[0]?.TopicId as string];
    app.disbandCommunity(groupId);
    app.createCommunity({ groupId });
    expect(() => app.deleteTopic(groupId, topicId)).toThrow('110003');
  });

  it('refuse community ids that Tencent would refuse', () => {
    const { app, groupId } = open();
    expect(() => app.createCommunity({ groupId })).toThrow('10021');
    expect(() => app.createCommunity({ groupId: 'no-prefix' })).toThrow('10015');
    expect(() => app.createCommunity({ groupId: '@TGS#_'.padEnd(48, 'x') })).toThrow('10015');
  });
});
