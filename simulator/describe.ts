import { apiNames, apis } from './apis/index.ts';
import type { AppState } from './app/state.ts';
import { verbs } from './controlVerbs.ts';

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
      ...['', '/stats', '/state', '/groups?type=Community', '/topics?groupId='].map(
        (path) => `GET /simulator${path}`,
      ),
      'POST /simulator/stats/reset',
      ...Object.keys(verbs).map((name) => `POST /simulator/${name}`),
    ],
    selectApp: 'add ?sdkappid= to a control call',
  };
}
