import type { SimulatorControl } from '../../simulator/controlClient.ts';
import type { TopicRecord } from '../records.ts';
import { differingFields } from '../verify/fields.ts';

/** How the catalog's active topics stand to the topics of the simulated app. */
export interface Comparison {
  /** Topics that are in both and equal in every field. */
  readonly equal: number;
  /** One line a difference. */
  readonly differences: readonly string[];
}

/** Spellings of the API beside those of the catalog. Everything else the API sends is kept under `extra`. */
const SPELLINGS: Readonly<Record<string, string>> = {
  TopicName: 'topicName',
  Introduction: 'introduction',
  Notification: 'notification',
  FaceUrl: 'faceUrl',
  CustomString: 'customString',
  CreateTime: 'createTime',
  LastMsgTime: 'lastMsgTime',
  NextMsgSeq: 'nextMsgSeq',
};

/** Compares the catalog with the simulator's own state, field by field, reading neither through the API client. */
export async function compareWithSource(
  topics: AsyncIterable<TopicRecord>,
  control: Pick<SimulatorControl, 'state'>,
): Promise<Comparison> {
  const mirrored = new Map<string, TopicRecord>();
  for await (const topic of topics) mirrored.set(`${topic.groupId}\n${topic.topicId}`, topic);
  const differences: string[] = [];
  let equal = 0;
  for await (const { groupId, supportsTopics, topics: source } of control.state()) {
    if (!supportsTopics) continue;
    for (const info of source) {
      const key = `${groupId}\n${info['TopicId']}`;
      const found = mirrored.get(key);
      mirrored.delete(key);
      const difference = found ? differing(expected(info as Wire), found) : 'is not in the catalog';
      if (difference === undefined) equal += 1;
      else differences.push(`${info['TopicId']} ${difference}`);
    }
  }
  for (const { topicId } of mirrored.values())
    differences.push(`${topicId} is active, the app has no such topic`);
  return { equal, differences };
}

/** How the catalog's tombstones stand to the topics of the simulated app. */
export interface Tombstones {
  /** Tombstones of topics that the app has not, with the name that they had. */
  readonly kept: number;
  /** Ids of those that the app has. */
  readonly alive: readonly string[];
}

/** Looks for tombstones of topics that are there, again without the API client. */
export async function compareTombstones(
  tombstones: AsyncIterable<TopicRecord>,
  control: Pick<SimulatorControl, 'state'>,
): Promise<Tombstones> {
  const there = new Set<string>();
  for await (const { topics } of control.state())
    for (const info of topics) there.add(String(info['TopicId']));
  const alive: string[] = [];
  let kept = 0;
  for await (const { topicId, topicName } of tombstones) {
    if (there.has(topicId)) alive.push(topicId);
    else if (topicName !== undefined) kept += 1;
  }
  return { kept, alive };
}

type Wire = Readonly<Record<string, unknown>>;

/** The record that a topic of the API should have become. */
function expected(info: Wire): Wire {
  const record: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(info)) {
    const spelling = SPELLINGS[name];
    if (name === 'MuteAllMember' || name === 'ShutUpAllFlag')
      record['muteAllMember'] = value === 'On' || value === 1;
    else if (spelling !== undefined) record[spelling] = value;
    else if (name !== 'TopicId' && name !== 'GroupID') extra[name] = value;
  }
  return Object.keys(extra).length > 0 ? { ...record, extra } : record;
}

function differing(wanted: Wire, found: TopicRecord): string | undefined {
  const { groupId: _g, topicId: _t, status: _s, firstSeenAt: _f, lastChangedAt: _l, ...fields } = found;
  const wrong = differingFields(wanted, fields);
  return wrong.length === 0 ? undefined : `differs in ${wrong.join(', ')}`;
}
