import type { AppState } from '../../../simulator/app/state.ts';
import { MAX_TOPICS } from '../../../simulator/index.ts';
import type { Draw } from '../../../simulator/random.ts';
import { customString, paragraph, topicName } from '../../../simulator/text.ts';
import type { Surroundings } from '../aws/environment.ts';
import { COUNTER } from './details.ts';
import type { Truth } from './truth.ts';

/** What the users of the app do to it. */
export interface Changes {
  /** One small change, somewhere. */
  one(): void;
  /** Messages in most communities, in many of their topics. */
  talk(): void;
  /** Messages in one community. */
  chat(): void;
  /** Most topics, or more communities than the guard lets pass, disappear at once. */
  mass(): void;
  /** Topics are switched on everywhere: a mirrored community without them is a failure, rightly. */
  calm(): void;
}

/** How far a topic's messages have come. */
interface Counters {
  readonly NextMsgSeq: number;
  readonly LastMsgTime: number;
}

export function createChanges(app: AppState, truth: Truth, around: Surroundings): Changes {
  const { draw, trace } = around;
  const gone: { groupId: string; topicId?: string; counters?: Counters }[] = [];
  const recorded = (groupId: string, what: string, change: () => void) => {
    change();
    trace.add(`the app: ${what} in ${groupId}`);
    truth.record(groupId);
  };
  const deleteTopic = (groupId: string, topicId: string) => {
    const { NextMsgSeq = 1, LastMsgTime = 0 } = app.community(groupId).topics.get(topicId)?.info ?? {};
    // What comes back may go on from where it was, or begin anew.
    gone.push({ groupId, topicId, ...(draw.chance(0.5) && { counters: { NextMsgSeq, LastMsgTime } }) });
    recorded(groupId, `${topicId} is deleted`, () => app.deleteTopic(groupId, topicId));
  };
  const disband = (groupId: string) => {
    gone.push({ groupId });
    recorded(groupId, 'disbanded', () => app.disbandCommunity(groupId));
  };
  const isFull = (groupId: string) => app.community(groupId).topics.size >= MAX_TOPICS;
  const bringBack = () => {
    const [{ groupId, topicId, counters } = {}] = gone.splice(draw.int(0, Math.max(0, gone.length - 1)), 1);
    if (groupId === undefined) return;
    const exists = app.communityIds().includes(groupId);
    if (topicId === undefined && !exists)
      recorded(groupId, 'founded again', () => app.createCommunity({ groupId, topics: draw.int(0, 3) }));
    else if (
      topicId !== undefined &&
      exists &&
      !isFull(groupId) &&
      !app.community(groupId).topics.has(topicId)
    )
      recorded(groupId, `${topicId} is back`, () =>
        app.createTopic(groupId, { TopicId: topicId, ...counters }),
      );
  };
  const onTopic = (change: (groupId: string, topicId: string) => void) => {
    const groupId = pickGroup(app, draw);
    const topicIds = groupId === undefined ? [] : [...app.community(groupId).topics.keys()];
    const topicId = topicIds[draw.int(0, Math.max(0, topicIds.length - 1))];
    if (groupId !== undefined && topicId !== undefined) change(groupId, topicId);
  };
  const onGroup = (change: (groupId: string) => void) => {
    const groupId = pickGroup(app, draw);
    if (groupId !== undefined) change(groupId);
  };
  const edit = (groupId: string, topicId: string) =>
    recorded(groupId, `${topicId} is edited`, () => app.editTopic(groupId, topicId, inventFields(draw)));
  const post = (groupId: string, topicId: string) => {
    const info = app.postMessages(groupId, topicId, draw.int(1, 9));
    const counted = info[COUNTER];
    if (typeof counted === 'bigint') app.editTopic(groupId, topicId, { [COUNTER]: counted + 1n });
  };
  /** Messages in some topics of a community. */
  const talkIn = (groupId: string, share: number) => {
    const topicIds = [...app.community(groupId).topics.keys()].filter(() => draw.chance(share));
    if (topicIds.length === 0) return;
    recorded(groupId, `messages in ${topicIds.length} topics`, () => {
      for (const topicId of topicIds) post(groupId, topicId);
    });
  };
  const create = (groupId: string) => {
    if (isFull(groupId)) return;
    recorded(groupId, 'a topic is created', () =>
      app.createTopic(groupId, { TopicName: topicName(draw, draw.int(1, 999)) }),
    );
  };
  const found = () => {
    const { groupId } = app.createCommunity({ topics: draw.int(0, 4) });
    recorded(groupId, 'founded', () => {});
  };
  const toggle = (groupId: string) =>
    recorded(groupId, 'topics are switched on or off', () =>
      app.setTopicSupport(groupId, !app.community(groupId).supportsTopics),
    );

  return {
    one: () => {
      const what = draw.fraction();
      if (what < 0.25) onGroup(create);
      else if (what < 0.45) onTopic(edit);
      else if (what < 0.5) onGroup((groupId) => talkIn(groupId, 0.5));
      else if (what < 0.72) onTopic(deleteTopic);
      else if (what < 0.86) bringBack();
      else if (what < 0.91) found();
      else if (what < 0.96) onGroup(disband);
      else onGroup(toggle);
    },
    talk: () => {
      for (const groupId of app.communityIds()) if (draw.chance(0.9)) talkIn(groupId, draw.fraction());
    },
    chat: () => onGroup((groupId) => talkIn(groupId, draw.fraction())),
    calm: () => {
      for (const groupId of app.communityIds()) if (!app.community(groupId).supportsTopics) toggle(groupId);
    },
    mass: () => {
      const groupIds = draw.shuffle(app.communityIds());
      if (draw.chance(0.5)) for (const groupId of groupIds.slice(0, draw.int(4, 8))) disband(groupId);
      else
        for (const groupId of groupIds)
          for (const topicId of [...app.community(groupId).topics.keys()])
            if (draw.chance(0.9)) deleteTopic(groupId, topicId);
    },
  };
}

function pickGroup(app: AppState, draw: Draw): string | undefined {
  const groupIds = app.communityIds();
  return groupIds[draw.int(0, Math.max(0, groupIds.length - 1))];
}

function inventFields(draw: Draw): Record<string, string | null> {
  const [name = 'TopicName'] = draw.shuffle(['TopicName', 'Introduction', 'Notification', 'CustomString']);
  if (name !== 'TopicName' && draw.chance(0.15)) return { [name]: null };
  const values = { TopicName: topicName(draw, draw.int(1, 999)), CustomString: customString(draw) };
  return { [name]: (values as Record<string, string>)[name] ?? paragraph(draw) };
}
