import ipaddr from 'ipaddr.js';

/** What global unicast addresses of IPv6 begin with (RFC 4291, 2.4): everything that is public lies within. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Whether an address belongs to the public internet. All forms of IPv6 that carry an IPv4 address
 * (mapped, compatible, NAT64, 6to4, Teredo) count as not public: who means the IPv4 address writes it.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

/** Hosts, addresses and networks that may be reached although they are not public. */
export class AllowedHosts {
  private readonly names = new Set<string>();
  private readonly networks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];

  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      if (ipaddr.isValidCIDR(entry)) this.networks.push(ipaddr.parseCIDR(entry));
      else if (ipaddr.isValid(entry)) this.addAddress(ipaddr.parse(entry));
      else this.names.add(plain(entry));
    }
  }

  hasName(host: string): boolean {
    return this.names.has(plain(host));
  }

  hasAddress(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.parse(text);
    return this.networks.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );
  }

  private addAddress(address: ipaddr.IPv4 | ipaddr.IPv6): void {
    this.networks.push([address, address.kind() === 'ipv4' ? 32 : 128]);
  }
}

/** A host name as it is compared: in small letters, without the dot of the root. */
function plain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
