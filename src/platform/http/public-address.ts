// Which addresses a customer may send us to. Everything that is not plainly public is refused, so that nobody reaches through
// us what only we can reach: our own machine, its network, its cloud's metadata.
import ipaddr from 'ipaddr.js';

/** `private_too`: also loopback and private networks, for trying things out; never what is link-local, or a cloud's. */
export type Reach = 'public' | 'private_too';

/** Global unicast (RFC 4291, 2.4): of IPv6, nothing else is given out to anybody. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
const PRIVATE = new Set(['loopback', 'private', 'uniqueLocal']);
/** The inside of a cloud, reachable from every machine there: Azure's WireServer; by IPv6 Amazon's and Google's metadata. */
const INSIDE_CLOUDS = new Set(['168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254']);

/** Whether a request may go to the address. What is no address may not. */
export function mayReach(address: string, reach: Reach): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (INSIDE_CLOUDS.has(parsed.toString())) return false;
  if (reach === 'private_too' && PRIVATE.has(range)) return true;
  // Among the other ranges: mapped and translated IPv4 (::ffff:0:0/96, 64:ff9b::/96, 2002::/16), which lead anywhere.
  if (range !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

/** A host as a URL has it: an address, an IPv6 one without its brackets; null for a name. */
export function addressOf(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : null;
}
