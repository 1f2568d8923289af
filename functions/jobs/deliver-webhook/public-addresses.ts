import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What is not somebody's host on the public internet, by the registries of special addresses (RFC 6890 and later). */
const SPECIAL_IPV4 = [
  '0.0.0.0/8', // unspecified: reaches this very machine
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers; metadata of some clouds
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // metadata of Azure, in a range that is public otherwise
  '169.254.0.0/16', // link-local; metadata of most clouds, Lambda's own among them
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; metadata of Oracle
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // relays to 6to4
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];

/**
 * Of IPv6, only this is given to hosts. What is outside is not public: loopback, unique local, link-local, multicast, and
 * the forms that hide an IPv4 address (`::ffff:…`, NAT64).
 */
const GLOBAL_IPV6 = ['2000::/3'];

/** Special all the same: protocols with Teredo among them, documentation, 6to4 with an IPv4 address inside. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special = createBlockList([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const global = createBlockList(GLOBAL_IPV6);

/** Says whether a connection to the address may be made. */
export type IsAllowedAddress = (address: string) => boolean;

/** Public addresses, and those in the given blocks: `10.0.0.0/16`, `fd00::/8`. */
export function createAddressRule(allowedBlocks: readonly string[]): IsAllowedAddress {
  const allowed = createBlockList(allowedBlocks);
  return (address) => contains(allowed, address) || isPublic(address);
}

function isPublic(address: string): boolean {
  if (isIPv4(address)) return !contains(special, address);
  return contains(global, address) && !contains(special, address);
}

function createBlockList(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', prefix] = block.split('/');
    list.addSubnet(network, Number(prefix), familyOf(network));
  }
  return list;
}

/** False for what is no address, so that nothing unreadable is taken for an allowed one. */
function contains(list: BlockList, address: string): boolean {
  // The interface behind `%` says through which link an address is reached, not what it is.
  const [plain = ''] = address.split('%');
  return (isIPv4(plain) || isIPv6(plain)) && list.check(plain, familyOf(plain));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
