import { dollarsOf } from '../../infra/prices.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import type { Goal } from '../goals.ts';
import { type ResultRow, round } from '../results.ts';
import type { PeerName } from './peers.ts';

/** What one night consumed of the table. */
export interface Costs {
  readonly night: string;
  /** Communities in which there were messages before it. */
  readonly talkedIn: number;
  readonly mirror: UnitMeter;
  /** Slot leases of the mirror, which no summary counts: writes of less than 1 KB. */
  readonly leases: UnitMeter;
  readonly peers: Readonly<Record<PeerName, UnitMeter>>;
}

/** How many times cheaper than putting every topic a night has to be. */
const LEAST_RATIOS: Readonly<Record<string, number>> = {
  first: 0.8,
  quiet: 16,
  'messages in 5 %': 8,
  'messages in 20 %': 6,
  'messages in 50 %': 6,
  'messages in 100 %': 6,
};

/** Write units of a community with messages alone: its roster, its entry and its stamp. */
const MOST_UNITS = 3;

/** The mirror's nights, a row each. @param communities that were measured @param scaledTo what the figures are to be of */
export function rowsOf(costs: readonly Costs[], communities: number, scaledTo: number): ResultRow[] {
  const scale = scaledTo / communities;
  return costs.map((cost) => ({
    night: cost.night,
    'write units': Math.round(cost.mirror.writeUnits * scale),
    'read units': Math.round(cost.mirror.readUnits * scale),
    'slot leases': Math.round(cost.leases.writeUnits * scale),
    'write units a community': round(cost.mirror.writeUnits / communities, 2),
    'of one with messages': unitsWhereTalked(cost, costs) ?? '',
    dollars: round(dollars(cost) * scale, 3),
    'put every topic': round(dollarsOf(cost.peers['put every topic']) * scale, 3),
    '× cheaper': round(timesCheaper(cost, 'put every topic'), 2),
  }));
}

/** How many times as dear as the mirror each other way is, a row a night. */
export function peerRowsOf(costs: readonly Costs[]): ResultRow[] {
  return costs.map((cost) => ({
    night: cost.night,
    ...Object.fromEntries(
      Object.keys(cost.peers).map((peer) => [peer, round(timesCheaper(cost, peer as PeerName), 2)]),
    ),
  }));
}

/** What is asked of the nights that were measured. */
export function goalsOf(costs: readonly Costs[]): Goal[] {
  return costs.flatMap((cost): Goal[] => {
    const least = LEAST_RATIOS[cost.night];
    const units = unitsWhereTalked(cost, costs);
    const measured = timesCheaper(cost, 'put every topic');
    return [
      ...(least === undefined
        ? []
        : [{ what: `${cost.night}, × cheaper than putting every topic`, measured, least }]),
      ...(units === undefined
        ? []
        : [
            {
              what: `${cost.night}, write units of a community with some`,
              measured: units,
              most: MOST_UNITS,
            },
          ]),
    ];
  });
}

/** What a community with messages costs: what a quiet night does not, beside the one unit of a quiet community. */
function unitsWhereTalked({ talkedIn, mirror }: Costs, costs: readonly Costs[]): number | undefined {
  const quiet = costs.find(({ night }) => night === 'quiet');
  if (!quiet || talkedIn === 0) return undefined;
  return round(1 + (mirror.writeUnits - quiet.mirror.writeUnits) / talkedIn, 2);
}

function timesCheaper(cost: Costs, peer: PeerName): number {
  return dollarsOf(cost.peers[peer]) / dollars(cost);
}

/** The mirror's, with its leases. */
function dollars({ mirror: { writeUnits, readUnits }, leases }: Costs): number {
  return dollarsOf({ writeUnits: writeUnits + leases.writeUnits, readUnits });
}
