import ipaddr from 'ipaddr.js';

/** Bits of an IPv6 address that name a network; one customer has all addresses of at least one. */
const NETWORK_BITS = 64;

/** What counts as one client: an IPv4 address, or a /64 network of IPv6. Undefined for what is no address, such as a Unix socket. */
export function addressGroup(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const [network] = ipaddr.parseCIDR(`${parsed.toString()}/${NETWORK_BITS}`);
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${network.toString()}/${NETWORK_BITS}`).toString()}/${NETWORK_BITS}`;
}
