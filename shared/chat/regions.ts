import { isLoopback } from '../loopback.ts';
import { quote } from '../quote.ts';

/**
 * Base URLs of the REST API by the region of the app's data: the one to call, and the backup for when that one cannot be
 * reached. No host serves two regions.
 * Sources: https://www.tencentcloud.com/document/product/1047/49469 and, for Riyadh, https://trtc.io/ko/document/49471,
 * "Request parameters"; for the backups https://www.tencentcloud.com/document/product/1047/34620. The backups of Tokyo and
 * Riyadh stand on no page of Tencent's, but in public clients, and follow the pattern of the others.
 */
export const regions = {
  china: { url: 'https://console.tim.qq.com', backup: 'https://adminapi.my-imcloud.com' },
  singapore: { url: 'https://adminapisgp.im.qcloud.com', backup: 'https://adminapisgp.my-imcloud.com' },
  seoul: { url: 'https://adminapikr.im.qcloud.com', backup: 'https://adminapikr.my-imcloud.com' },
  tokyo: { url: 'https://adminapijpn.im.qcloud.com', backup: 'https://adminapijpn.my-imcloud.com' },
  frankfurt: { url: 'https://adminapiger.im.qcloud.com', backup: 'https://adminapiger.my-imcloud.com' },
  'silicon-valley': {
    url: 'https://adminapiusa.im.qcloud.com',
    backup: 'https://adminapiusa.my-imcloud.com',
  },
  jakarta: { url: 'https://adminapiidn.im.qcloud.com', backup: 'https://adminapiidn.my-imcloud.com' },
  riyadh: { url: 'https://adminapiksa.im.qcloud.com', backup: 'https://adminapiksa.my-imcloud.com' },
} as const;

export type Region = keyof typeof regions;

/** Where an app's API is called. */
export interface Address {
  /** Base URL without a trailing slash. */
  readonly endpoint: string;
  /** Base URL of the same region, for when the first cannot be reached. */
  readonly backup?: string;
}

const names = Object.keys(regions).join(', ');

/**
 * Where to call. An endpoint wins over a region and has no backup; an empty value counts as unset.
 * There is no default: in the wrong region Tencent answers 60026 or 70020, which does not point at the cause.
 * @throws Error with one line that names the variable and what it may hold
 */
export function addressOf(setting: { region?: string | undefined; endpoint?: string | undefined }): Address {
  if (setting.endpoint) return { endpoint: checkedEndpoint(setting.endpoint) };
  if (!setting.region) throw new Error(`TENCENT_CHAT_REGION is not set; allowed: ${names}`);
  if (!Object.hasOwn(regions, setting.region)) {
    throw new Error(`TENCENT_CHAT_REGION is ${quote(setting.region)}; allowed: ${names}`);
  }
  const { url, backup } = regions[setting.region as Region];
  return { endpoint: url, backup };
}

/**
 * An endpoint as it is called, without a trailing slash.
 * @throws Error with one line that names the variable and what it may hold; the value itself may hold a password
 */
export function checkedEndpoint(endpoint: string): string {
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
