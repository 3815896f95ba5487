import { isDeepStrictEqual } from 'node:util';
import type { TopicInfo } from '../../../simulator/app/types.ts';
import { parseJson } from '../../../simulator/json.ts';
import { SPELLINGS } from '../../support/spellings.ts';

/** A topic's details by the catalog's names, whoever gave them: the app, or a stored item. */
export type Details = Readonly<Record<string, unknown>>;

/** What the catalog has to hold of a topic, told from the app's own state and not by the code under test. */
export function detailsOfInfo(info: TopicInfo): Details {
  const details: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(info)) {
    const spelling = SPELLINGS[name];
    if (name === 'MuteAllMember' || name === 'ShutUpAllFlag')
      details['muteAllMember'] = value === 'On' || value === 1;
    else if (spelling) details[spelling] = value;
    else if (name !== 'TopicId' && name !== 'GroupID') extra[name] = value;
  }
  return withExtra(details, extra);
}

const STORED = [...Object.values(SPELLINGS), 'muteAllMember'];

/** What a stored topic, a row of a roster, or one side of a history entry says of a topic. */
export function detailsOfItem(item: Readonly<Record<string, unknown>>): Details {
  const known = STORED.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]);
  const extras = ['extra', 'activityExtra'].map((name) => item[name] ?? '{}');
  const extra = Object.assign({}, ...extras.map((text) => parseJson(text as string)));
  return withExtra(Object.fromEntries(known), extra);
}

/** The unknown field of the simulated app that counts what is said. */
export const COUNTER = 'LastEventSeq';

const TALKED = new Set(['nextMsgSeq', 'lastMsgTime']);

/** What people set. */
export function profileOf(details: Details): Details {
  return part(
    details,
    (name) => !TALKED.has(name),
    (name) => name !== COUNTER,
  );
}

/** What talking moves. */
export function activityOf(details: Details): Details {
  return part(
    details,
    (name) => TALKED.has(name),
    (name) => name === COUNTER,
  );
}

/** What a roster is to hold of a topic. */
export function rowOf(details: Details): Details {
  const isMuted = details['muteAllMember'] === true;
  const isInRow = (name: string) =>
    TALKED.has(name) || name === 'createTime' || (isMuted && name === 'muteAllMember');
  return part(details, isInRow, (name) => name === COUNTER);
}

/** Two halves as one; where both have a field, the second's. */
export function joined(one: Details, other: Details = {}): Details {
  const extra = Object.assign({}, one['extra'], other['extra']);
  return withExtra({ ...one, ...other }, extra);
}

export function same(a: Details | undefined, b: Details | undefined): boolean {
  return isDeepStrictEqual(a, b);
}

function part(
  { extra = {}, ...fields }: Details,
  wanted: (name: string) => boolean,
  wantedExtra: (name: string) => boolean,
): Details {
  return withExtra(filtered(fields, wanted), filtered(extra as Details, wantedExtra));
}

function filtered(fields: Details, wanted: (name: string) => boolean): Details {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => wanted(name)));
}

function withExtra({ extra: _, ...fields }: Details, extra: Details): Details {
  return Object.keys(extra).length > 0 ? { ...fields, extra } : fields;
}
