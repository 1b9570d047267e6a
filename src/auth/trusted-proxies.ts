import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;

function matcherOf(range: string): (address: Address) => boolean {
  const [base, bits] = ipaddr.isValidCIDR(range)
    ? ipaddr.parseCIDR(range)
    : ([ipaddr.process(range), undefined] as const);
  const prefix = bits ?? (base.kind() === 'ipv4' ? 32 : 128);
  return (address) => address.kind() === base.kind() && address.match(base, prefix);
}

/** Shortest prefixes, in bits, that an organisation's own network has. */
const NARROW = { ipv4: 8, ipv6: 32 } as const;

/** Those ranges that hold more than any one network does, such as 0.0.0.0/0. */
export function wideRanges(ranges: readonly string[]): string[] {
  return ranges.filter((range) => {
    if (!ipaddr.isValidCIDR(range)) return false;
    const [base, bits] = ipaddr.parseCIDR(range);
    return bits < NARROW[base.kind()];
  });
}

/**
 * Whether an address is one of these addresses or in one of these ranges. IPv4 addresses written in IPv6
 * (`::ffff:10.0.0.1`) are taken as what they are; what is no address at all is not trusted.
 */
export function trustedProxies(ranges: readonly string[]): (address?: string) => boolean {
  const matchers = ranges.map(matcherOf);
  return (address) => {
    if (!address || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return matchers.some((matches) => matches(parsed));
  };
}
