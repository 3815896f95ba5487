import { apiNames, apis } from './apis/index.ts';
import type { AppState } from './app/state.ts';
import { verbs } from './controlVerbs.ts';
import { kindNames } from './faults/options.ts';

/** GET /simulator: all that a newcomer needs for a first call. The keys are fake. */
export function describe(apps: readonly AppState[]): object {
  return {
    what: 'A simulator of the Tencent Chat REST API for groups and community topics. Its data and keys are made up.',
    apps: apps.map((app) => ({
      sdkAppId: app.sdkAppId,
      identifier: app.identifier,
      secretKey: app.secretKey,
      groups: app.groups.total(),
      communities: app.groups.total('Community'),
    })),
    apis: apiNames.flatMap((api) => apis[api].services.map((service) => `POST /v4/${service}/${api}`)),
    query: 'sdkappid, identifier, usersig (TLSSigAPIv2), random (uint32), contenttype=json',
    control: [
      ...['', '/stats', '/faults', '/state', '/groups?type=Community', '/topics?groupId='].map(
        (path) => `GET /simulator${path}`,
      ),
      'POST /simulator/stats/reset',
      'POST /simulator/faults',
      'POST /simulator/fault',
      ...Object.keys(verbs).map((name) => `POST /simulator/${name}`),
    ],
    faults: kindNames,
    selectApp: 'add ?sdkappid= to a control call',
  };
}
