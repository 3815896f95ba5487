import { Draw } from '../random.ts';
import { inventEdit } from './inventEdit.ts';
import { MAX_TOPICS } from './layout.ts';
import type { AppState } from './state.ts';
import type { MutationPlan, MutationResult, TopicInfo } from './types.ts';

type Target = { groupId: string; topicId: string };
type Place = { groupId: string; count: number };

/**
 * Makes random changes and reports exactly those. Edits, deletions and messages hit different topics of the
 * communities that are not disbanded, never one that this call creates. Everything is chosen before anything
 * is changed, so that a plan the app is too small for changes nothing.
 */
export function mutate(app: AppState, plan: MutationPlan): MutationResult {
  const draw = new Draw(app.seed, 0x55, plan.seed ?? 0);
  const existing = draw.shuffle(app.communityIds());
  const toDisband = take(plan.disbandings, existing, 'disbandings');
  const targets = topicTargets(app, existing, draw);
  const toEdit = pull(plan.edits, targets, 'edits');
  const toDelete = pull(plan.deletions, targets, 'deletions');
  const toMessage = pull(plan.messages, targets, 'messages');
  const toFill = placesForTopics(app, existing, plan.creations ?? 0);
  return {
    edited: toEdit.map((target) => edit(app, target, draw)),
    deleted: toDelete.map((target) => remove(app, target)),
    created: toFill.flatMap(({ groupId, count }) => create(app, groupId, count, draw)),
    messaged: toMessage.map((target) => post(app, target, draw)),
    disbanded: toDisband.map((groupId) => disband(app, groupId)),
    createdCommunities: times(plan.newCommunities, () => found(app, draw)),
  };
}

/** Every topic of the communities once, spread: each round offers one random topic of each community. */
function* topicTargets(app: AppState, groupIds: readonly string[], draw: Draw): Generator<Target> {
  const waiting = new Map<string, string[]>();
  let round = groupIds;
  while (round.length > 0) {
    const again: string[] = [];
    for (const groupId of round) {
      const topicIds = waiting.get(groupId) ?? changeableTopicIds(app, groupId, draw);
      const topicId = topicIds.pop();
      waiting.set(groupId, topicIds);
      if (topicIds.length > 0) again.push(groupId);
      if (topicId !== undefined) yield { groupId, topicId };
    }
    round = again;
  }
}

function changeableTopicIds(app: AppState, groupId: string, draw: Draw): string[] {
  const { supportsTopics, topics } = app.community(groupId);
  return supportsTopics ? draw.shuffle([...topics.keys()]) : [];
}

function pull(count: number | undefined, targets: Iterator<Target>, what: string): Target[] {
  return times(count, () => {
    const { value, done } = targets.next();
    if (done) throw new RangeError(`the app has too few topics for ${count} ${what}`);
    return value as Target;
  });
}

/** Removes the first `count` from the list. */
function take(count = 0, list: string[], what: string): string[] {
  if (count > list.length) throw new RangeError(`the app has too few communities for ${count} ${what}`);
  return list.splice(0, count);
}

function disband(app: AppState, groupId: string): MutationResult['disbanded'][number] {
  const topicIds = [...app.community(groupId).topics.keys()];
  app.disbandCommunity(groupId);
  return { groupId, topicIds };
}

function edit(app: AppState, { groupId, topicId }: Target, draw: Draw): MutationResult['edited'][number] {
  const info = app.community(groupId).topics.get(topicId)?.info as TopicInfo;
  const fields = inventEdit(info, draw);
  app.editTopic(groupId, topicId, fields);
  return { groupId, topicId, fields };
}

function remove(app: AppState, target: Target): Target {
  app.deleteTopic(target.groupId, target.topicId);
  return target;
}

function post(app: AppState, target: Target, draw: Draw): MutationResult['messaged'][number] {
  const count = draw.int(1, 50);
  app.postMessages(target.groupId, target.topicId, count);
  return { ...target, count };
}

/** Shares new topics out evenly over the communities, as far as they have room; later rounds place what is left. */
function placesForTopics(app: AppState, groupIds: readonly string[], count: number): Place[] {
  const rooms = new Map<string, number>();
  const places: Place[] = [];
  for (let left = count; left > 0; ) {
    const placedBefore = places.length;
    const share = Math.ceil(left / groupIds.length);
    for (const groupId of groupIds) {
      const room = rooms.get(groupId) ?? roomIn(app, groupId);
      const placed = Math.min(share, left, room);
      if (placed > 0) places.push({ groupId, count: placed });
      rooms.set(groupId, room - placed);
      left -= placed;
      if (left === 0) break;
    }
    if (places.length === placedBefore)
      throw new RangeError(`the app has too little room for ${count} creations`);
  }
  return places;
}

function roomIn(app: AppState, groupId: string): number {
  const { supportsTopics, topics } = app.community(groupId);
  return supportsTopics ? MAX_TOPICS - topics.size : 0;
}

function create(app: AppState, groupId: string, count: number, draw: Draw): MutationResult['created'] {
  return app.inventTopics(groupId, count, draw).map((topic) => ({ groupId, topicId: topic.TopicId, topic }));
}

function found(app: AppState, draw: Draw): MutationResult['createdCommunities'][number] {
  const { groupId, topics } = app.createCommunity({ topics: draw.int(0, 20) });
  return { groupId, topicIds: topics.map(({ TopicId }) => TopicId) };
}

function times<T>(count: number | undefined, make: () => T): T[] {
  return Array.from({ length: count ?? 0 }, make);
}
