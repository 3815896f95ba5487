import type { Plan } from '../plan.ts';
import type { Peaks } from '../source/chatServer.ts';
import { activeTopics, versionProblem } from './complete.ts';
import { runs, type Scene, stamps } from './scene.ts';

/** The API's documented limits a second. */
const TOPIC_CEILING = 200;
const LIST_CEILING = 1;

/** After calm nights every run is closed, the newest is COMPLETE, and the catalog is the app. */
export function checkTheEnd(scene: Scene, plan: Plan, peaks: Peaks): void {
  const all = runs(scene);
  for (const { runId, status } of all)
    if (status === 'RUNNING') scene.violate('run-closes', `${runId} has never closed`);
  const last = all.at(-1);
  if (last?.status !== 'COMPLETE')
    scene.violate(
      'incomplete-has-a-cause',
      `the calm run ${last?.runId} is ${last?.status}: ${last?.reasons?.join('; ')}`,
    );
  else checkCatalog(scene);
  checkPeaks(scene, plan, peaks);
}

function checkCatalog(scene: Scene): void {
  const known = new Map(stamps(scene).map((stamp) => [stamp.groupId, stamp]));
  for (const groupId of scene.truth.groupIds) {
    const [version] = scene.truth.during(groupId, scene.now(), scene.now());
    const stamp = known.get(groupId);
    if (!version) continue;
    if (version.topics && !stamp) scene.violate('nothing-lost', `${groupId} has no stamp in the end`);
    if (version.topics && !version.supported) continue;
    const problem = versionProblem(activeTopics(scene, groupId), version);
    if (problem) scene.violate('nothing-lost', `in the end ${groupId} ${problem}`);
  }
}

/** What those send who have lost the leases comes on top of what the others send, and is counted for itself. */
function checkPeaks(scene: Scene, { deployed }: Plan, { list, topics, shares }: Peaks): void {
  const violate = (what: string) => scene.violate('ceiling-kept', `${what} in a second`);
  if (list > LIST_CEILING) violate(`${list} list calls`);
  // Evenly spaced slots: one more than the budget where a second begins and ends on a slot.
  const most = Math.min(deployed.callsPerSecond + 5, TOPIC_CEILING);
  if (topics > most) violate(`${topics} calls of get_topic, the budget is ${deployed.callsPerSecond}`);
  if (shares > most) violate(`${shares} calls without leases, the budget is ${deployed.callsPerSecond}`);
}
