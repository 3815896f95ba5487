import type { InterceptedCall, Interception } from '../../../simulator/intercept.ts';
import { toJson } from '../../../simulator/json.ts';
import type { Surroundings } from '../aws/environment.ts';
import type { Fault } from '../weather.ts';

/** Told of a community whose answer is not the truth, and whether it is said not to exist. */
export type OnLie = (groupId: string, isDenied?: boolean) => void;

/** How long a community answers an error once it has begun to. */
const SPELL_MS = 20 * 60_000;

const CODES: Partial<Record<Fault, number>> = { '10002': 10002, '60008': 60008, 'unknown code': 19999 };

const SPELLS: Partial<Record<Fault, number>> = {
  'community 11000': 11000,
  'community 10007': 10007,
  'community 10010': 10010,
};

/**
 * What becomes of calls that the simulated API would have answered.
 * @param onLie told of a community of which the API says, for a while, what is not so
 */
export function createApiFaults(
  { weather, time, draw }: Surroundings,
  onLie: OnLie,
): (call: InterceptedCall) => Interception {
  const spells = new Map<string, { code: number; until: number }>();

  const spellOf = (groupId: string): number | undefined => {
    const spell = spells.get(groupId);
    if (spell && spell.until > time.now() && !weather.calm) return spell.code;
    for (const [fault, code] of Object.entries(SPELLS)) {
      if (!weather.strikes(fault as Fault)) continue;
      spells.set(groupId, { code, until: time.now() + draw.int(1000, SPELL_MS) });
      return code;
    }
    return undefined;
  };

  return ({ api, body }) => {
    if (weather.isIn('signature refused')) return failing(70003);
    if (weather.isIn('10006 storm')) return failing(10006);
    const spell = api === 'get_topic' ? spellOf(String(body['GroupId'])) : undefined;
    if (spell !== undefined) {
      onLie(String(body['GroupId']), spell === 10010);
      return failing(spell);
    }
    for (const [fault, code] of Object.entries(CODES))
      if (weather.strikes(fault as Fault)) return failing(code);
    if (weather.strikes('http 502')) return { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' };
    if (weather.strikes('cut json')) return { body: '{"ActionStatus":"OK","ErrorCode":0,"TopicAndSelfIn' };
    if (weather.strikes('wrong types')) return { body: wrongTypes(api) };
    if (weather.strikes('reset before')) return { destroySocket: true };
    if (weather.strikes('reset after')) return { destroySocket: true, performFirst: true };
    if (weather.strikes('hang')) return { delayMs: draw.int(3000, 20_000) };
    return {};
  };
}

function failing(code: number): Interception {
  return { body: toJson({ ActionStatus: 'FAIL', ErrorCode: code, ErrorInfo: 'simulated' }) };
}

function wrongTypes(api: string): string {
  const fields =
    api === 'get_topic'
      ? { TopicAndSelfInfo: [{ ErrorCode: 0, TopicInfo: { TopicId: 7 } }] }
      : { TotalCount: 'many', GroupIdList: 'none', Next: 0 };
  return toJson({ ActionStatus: 'OK', ErrorCode: 0, ...fields });
}
