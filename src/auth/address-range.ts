import ipaddr from 'ipaddr.js';

/** Groups of 16 bits that make up the network of an IPv6 address: the /64 that one customer has at least. */
const NETWORK_GROUPS = 4;

/**
 * What counts as one address for limits: an IPv4 address, or the /64 of an IPv6 address. IPv4 addresses
 * written in IPv6 count as what they are; what is no IP address, such as `unix:1000`, stands for itself.
 */
export function addressRange(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const groups = (parsed as ipaddr.IPv6).parts.slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}
