/**
 * Whether a host name, as `URL` has normalised it, is this machine: 127.1 has become 127.0.0.1, and IPv6 stands in
 * brackets. `localhost` is taken at its word: who can have it lead elsewhere, through the hosts file or the resolver of
 * this machine, can do worse. `localhost.` is not: with its dot some resolvers ask the network for it.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
