import { isLoopback } from '../loopback.ts';
import { quote } from '../quote.ts';

/**
 * Base URL of the REST API by the region of the app's data.
 * Source: https://www.tencentcloud.com/document/product/1047/49469, "Request parameters"
 */
export const regions = {
  china: 'https://console.tim.qq.com',
  singapore: 'https://adminapisgp.im.qcloud.com',
  seoul: 'https://adminapikr.im.qcloud.com',
  tokyo: 'https://adminapijpn.im.qcloud.com',
  frankfurt: 'https://adminapiger.im.qcloud.com',
  'silicon-valley': 'https://adminapiusa.im.qcloud.com',
  jakarta: 'https://adminapiidn.im.qcloud.com',
} as const;

export type Region = keyof typeof regions;

const names = Object.keys(regions).join(', ');

/**
 * The base URL to call, without a trailing slash. An endpoint wins over a region; an empty value counts as unset.
 * There is no default: in the wrong region Tencent answers 60026 or 70020, which does not point at the cause.
 * @throws Error with one line that names the variable and what it may hold
 */
export function endpointOf(setting: { region?: string | undefined; endpoint?: string | undefined }): string {
  if (setting.endpoint) return checkedEndpoint(setting.endpoint);
  if (!setting.region) throw new Error(`TENCENT_CHAT_REGION is not set; allowed: ${names}`);
  if (!Object.hasOwn(regions, setting.region)) {
    throw new Error(`TENCENT_CHAT_REGION is ${quote(setting.region)}; allowed: ${names}`);
  }
  return regions[setting.region as Region];
}

/** The value itself stays out of the messages: it may hold a password. */
function checkedEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const problem = url ? problemOf(url) : 'is not a URL';
  if (!url || problem) {
    throw new Error(
      `TENCENT_CHAT_ENDPOINT ${problem}; allowed: https://host[:port], or http:// for a loopback address`,
    );
  }
  return url.origin;
}

function problemOf(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is neither https nor http';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'is plain http to another machine';
  if (url.username || url.password) return 'holds a user name or password';
  if (url.pathname !== '/' || /[?#]/.test(url.href)) return 'holds a path or query';
  return undefined;
}
