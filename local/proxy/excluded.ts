import { BlockList, isIP } from 'node:net';
import { type Environment, text } from '../../shared/config.ts';

/**
 * Whether NO_PROXY excludes a host from being called through a proxy, as curl reads it: `*` alone is every host, a name is
 * that host and all below it, with or without a dot before it, and an address may have a prefix length (10.0.0.0/8).
 * Entries stand between commas or spaces.
 * Source: https://curl.se/docs/manpage.html#NOPROXY
 */
export function isExcluded(hostname: string, env: Environment): boolean {
  const list = text(env, 'no_proxy') ?? text(env, 'NO_PROXY');
  if (list === undefined || list === '*') return list === '*';
  const entries = list.split(/[\s,]+/);
  const host = bare(hostname);
  return entries.some((entry) => (isIP(host) ? isInNetwork(host, entry) : isBelow(host, bare(entry))));
}

/** A name or an address without brackets and without the dots around it, in lower case. */
function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^\.|\.$/g, '');
}

function isBelow(host: string, domain: string): boolean {
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(address: string, entry: string): boolean {
  const [network = '', length] = entry.split('/');
  const base = bare(network);
  const family = isIP(base);
  const bits = family === 6 ? 128 : 32;
  const prefix = length === undefined ? bits : Number(length);
  if (family === 0 || family !== isIP(address) || !(prefix >= 0 && prefix <= bits)) return false;
  const list = new BlockList();
  list.addSubnet(base, prefix, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
