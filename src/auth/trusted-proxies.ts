import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;

function matcherOf(range: string): (address: Address) => boolean {
  const [base, bits] = ipaddr.isValidCIDR(range)
    ? ipaddr.parseCIDR(range)
    : ([ipaddr.process(range), undefined] as const);
  const prefix = bits ?? (base.kind() === 'ipv4' ? 32 : 128);
  return (address) => address.kind() === base.kind() && address.match(base, prefix);
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
