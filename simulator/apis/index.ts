import type { Api } from './api.ts';
import { destroyTopic } from './destroyTopic.ts';
import { getAppidGroupList } from './getAppidGroupList.ts';
import { getTopic } from './getTopic.ts';
import { importTopic } from './importTopic.ts';

/** First part of a path after /v4/. */
export const services = ['group_open_http_svc', 'million_group_open_http_svc'] as const;
export type Service = (typeof services)[number];

export const apiNames = ['get_appid_group_list', 'get_topic', 'import_topic', 'destroy_topic'] as const;
export type ApiName = (typeof apiNames)[number];

export const apis: Record<ApiName, { run: Api; services: readonly Service[] }> = {
  get_appid_group_list: { run: getAppidGroupList, services: ['group_open_http_svc'] },
  get_topic: { run: getTopic, services: ['million_group_open_http_svc'] },
  // Tencent's own pages name both paths: https://www.tencentcloud.com/document/product/1047/53448 the first,
  // https://cloud.tencent.com/document/product/269/85313 the second.
  import_topic: { run: importTopic, services },
  destroy_topic: { run: destroyTopic, services: ['million_group_open_http_svc'] },
};
